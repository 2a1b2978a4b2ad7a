// In whose books a use case works, and on whose behalf.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared/base/clock.h"
#include "shared/base/id.h"
#include "shared/base/money.h"
#include "shared/base/time_zone.h"
#include "shared/store/session.h"

namespace crane::service {

// One set of books of one organization.
struct Books {
    std::uint32_t books_id = 0;
    OrganizationId organization_id;
    OrganizationId root_id;
    bool livemode = true;
    Currency base_currency;
    std::string time_zone = "UTC";  // whose days are the business days

    Date today(Timestamp at) const { return date_in_zone(at, time_zone); }
};

// Who acts: goes into every event.
struct Actor {
    std::optional<ApiKeyId> api_key_id;
    std::string ip_address;
    std::string user_agent;
    std::string request_id;
    std::string operation;  // "transactions.create"
};

// What happened, to be written in the commit of what it tells.
struct Event {
    std::string entity_type;
    std::string entity_id;
    std::string event_type;                    // "transaction.posted"
    std::string metadata = "{}";               // JSON: what changed
    std::optional<EventId> id = std::nullopt;  // made when it is written, unless it is known before
};

// All that a use case needs besides its own arguments. Lives for one session:
// a replay after a deadlock begins with a new one.
struct Scope {
    store::Session& session;
    Books books;
    Actor actor;
    Timestamp at;  // one moment for everything that is written
    std::vector<Event> events = {};

    void note(std::string entity_type, std::string entity_id, std::string event_type,
              std::string metadata = "{}") {
        events.push_back(
            {std::move(entity_type), std::move(entity_id), std::move(event_type), std::move(metadata)});
    }
};

// Writes scope.events, the first of them with the credits that were charged,
// and forgets them. An operation that is charged must have noted an event.
void write_events(Scope& scope, std::int64_t credits);
// Those of several requests that share one session, each of which was charged `credits`.
void write_events(std::span<Scope* const> scopes, std::int64_t credits);

}  // namespace crane::service
