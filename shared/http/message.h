// A request as the programs see it and the reply that they give.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crane::http {

struct Request {
    std::string method;
    std::string path;  // decoded by nginx, without the query
    std::string query_string;
    std::string target;  // path and query as they were sent, nothing decoded
    std::string content_type;
    std::string body;
    std::string remote_address;
    std::string request_id;
    std::string authorization;
    std::string idempotency_key;
    std::string prefer;
    std::string if_match;
    std::string if_none_match;
    std::string user_agent;
    std::string signature;  // Crane-Signature
    bool has_body_too_large = false;
    // The query of an internal hand-over from another program; a client cannot
    // set it, since nginx passes it for internal locations only.
    std::string internal_query;
};

struct Reply {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;

    void set_header(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
    }
};

// Query parameters in the order in which they were sent, percent-decoded
// (RFC 3986; "+" is a space). nullopt if an escape is malformed or the result
// is not UTF-8.
using Parameters = std::vector<std::pair<std::string, std::string>>;
std::optional<Parameters> parse_query(std::string_view query_string);
std::string percent_encode(std::string_view text);

// One preference of the Prefer header (RFC 7240): "wait=10" → wait, 10.
struct Preferences {
    bool respond_async = false;
    std::optional<int> wait_seconds;
};
Preferences parse_prefer(std::string_view header);

// If-Match and If-None-Match (RFC 9110 section 13): true if `tag`, quoted, is
// among the listed ones or the list is "*".
bool lists_entity_tag(std::string_view header, std::string_view quoted_tag);

}  // namespace crane::http
