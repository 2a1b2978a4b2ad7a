// Events as they are read again: lists, and the feed in the order of numbers.
#pragma once

#include <optional>
#include <string>

#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::event_feed {

struct EventRow {
    EventId id;
    std::int64_t sequence = 0;  // 0: not numbered yet, which takes the worker a moment
    std::string entity_type;
    std::string entity_id;
    std::string event_type;
    std::optional<ApiKeyId> api_key_id;
    std::string ip_address;
    std::string user_agent;
    std::string request_id;
    std::string metadata = "{}";  // JSON
    Timestamp created_at;
};

const store::ListDefinition& list_definition();
// The same filters, in the order of sequence; numbered events only, once the
// condition after() is among the request's.
const store::ListDefinition& feed_definition();
store::Condition after(std::int64_t sequence);

EventRow read(store::Rows& rows);
std::optional<EventRow> get(store::Session& session, std::uint32_t books_id, const EventId& id);

// A line for people: "Account updated: name, code". `changed` names the fields.
std::string describe(const EventRow& event, const std::vector<std::string>& changed);

}  // namespace crane::service::event_feed
