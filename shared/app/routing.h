// Which route a request is for: by method and path alone, before any I/O.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/app/operation.h"

namespace crane::app {

struct Match {
    const Route* route = nullptr;  // null: no route has this method and this path
    PathParameters path;
    std::vector<std::string_view> allowed_methods;  // of this path; empty when there is no such path
};

// "batch" is an action, not the id of a transaction: the more literal pattern wins. HEAD is answered like
// GET.
Match match_route(const Family& family, std::string_view method, std::string_view path);

// What a read is called among operations, by the end of its path: "reports.trial_balance".
std::string read_name(const Family& family, const Route& route);

}  // namespace crane::app
