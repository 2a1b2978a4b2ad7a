// Query parameters, checked against what a route declares.
#pragma once

#include <string>
#include <vector>

#include "shared/app/operation.h"

namespace crane::app {

// Every parameter that the route takes: a list's paging, sort and filters,
// and the route's own. `metadata[key]` stands for any key.
std::vector<std::string> parameter_names(const Route& route);

// Throws Error{unknown_parameter} for the names that are not the route's, and
// invalid_request that names every faulty value.
void check_parameters(const Route& route, const http::Parameters& query);
store::ListRequest read_list_request(const store::ListDefinition& definition, const http::Parameters& query);

}  // namespace crane::app
