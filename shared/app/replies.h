// Replies in the shapes of the contract.
#pragma once

#include <string>

#include "shared/base/error.h"
#include "shared/http/message.h"
#include "shared/json/json.h"
#include "shared/service/jobs.h"
#include "shared/service/scope.h"

namespace crane::app {

// {"type","code","message","status","details"?,"retry_after"?}
json::Value error_body(const Error& error);
// The same with "request_id".
json::Value error_value(const Error& error, const std::string& request_id);
// {"error":{…}} with Retry-After.
http::Reply error_reply(const Error& error, const std::string& request_id);

// The entity tag of a representation, quoted.
std::string entity_tag(const std::string& body);

json::Value job_value(const service::jobs::JobRow& job, const service::Books& books);
http::Reply accepted_reply(const service::jobs::JobRow& job, const service::Books& books);

}  // namespace crane::app
