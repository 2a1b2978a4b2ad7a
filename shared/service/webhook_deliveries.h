// Deliveries: one row for each event that a webhook is to hear of. The row is
// the delivery: pending until an attempt succeeded (delivered), all of them
// failed (failed), or the webhook was disabled meanwhile (cancelled).
//
// Delivery is at least once. Who takes a pending row moves its next attempt into
// the future first, so that a sender that dies leaves it due again.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/date.h"
#include "shared/base/id.h"
#include "shared/store/list_query.h"
#include "shared/store/session.h"

namespace crane::service::webhook_deliveries {

struct DeliveryRow {
    WebhookDeliveryId id;
    WebhookId webhook_id;
    EventId event_id;
    std::string event_type;
    std::string status = "pending";
    std::int64_t attempts = 0;
    std::optional<std::int64_t> response_status;  // of the last attempt
    std::string error;                            // of the last attempt; empty if it had none
    Timestamp due_at;  // of the next attempt while pending, of forgetting the row after that
    std::optional<Timestamp> last_attempt_at;
    std::optional<Timestamp> delivered_at;
    Timestamp created_at;
    Timestamp updated_at;

    bool is_pending() const { return status == "pending"; }
};

// The first attempt is at once; what follows after each that failed, about
// three days in all. The reference names these figures.
constexpr std::array<std::int64_t, 10> retry_seconds{5,      60,     300,    900,    3'600,
                                                     10'800, 21'600, 43'200, 86'400, 86'400};
// A wait is up to a tenth longer, so that what failed together is not tried together.
std::int64_t jittered_milliseconds(std::int64_t seconds);
constexpr std::int64_t kept_days = 30;  // of what has ended
// Longer than an attempt can take.
constexpr std::int64_t attempt_seconds = 60;

const store::ListDefinition& list_definition();
DeliveryRow read(store::Rows& rows);
std::optional<DeliveryRow> get(store::Session& session, std::uint32_t books_id, const WebhookId& webhook_id,
                               const WebhookDeliveryId& id);

struct NewDelivery {
    WebhookId webhook_id;
    EventId event_id;
    std::string event_type;
    WebhookDeliveryId id = make_id<WebhookDeliveryNoun>();
};
void insert(store::Session& session, std::uint32_t books_id, const std::vector<NewDelivery>& deliveries,
            Timestamp at);
// Sends it (again) from the first attempt on; throws Error{resource_not_found}.
DeliveryRow ask_again(store::Session& session, std::uint32_t books_id, const WebhookId& webhook_id,
                      const WebhookDeliveryId& id, Timestamp at);

// A webhook with deliveries in some state.
struct Queue {
    std::uint32_t books_id = 0;
    WebhookId webhook_id;
    Timestamp earliest;  // due_at of the first of them
};
std::vector<Queue> queues(store::Session& session, std::string_view status);

// A delivery that is about to be attempted, by whoever claimed it.
struct Claimed {
    WebhookDeliveryId id;
    EventId event_id;
    std::int64_t attempts = 0;  // this one included
    std::int64_t retries = 0;
};
// Takes up to `most` that are due, earliest first. The caller commits.
std::vector<Claimed> claim(store::Session& session, std::uint32_t books_id, const WebhookId& webhook_id,
                           std::int64_t most, Timestamp at);

// How an attempt ended. Each returns false, having changed nothing, when another
// attempt was begun meanwhile.
struct Response {
    std::optional<std::int64_t> status;  // none: there was no answer
    std::string error;                   // empty: all was well
};
bool succeed(store::Session& session, std::uint32_t books_id, const Claimed& claimed,
             const Response& response, Timestamp at);
bool retry(store::Session& session, std::uint32_t books_id, const Claimed& claimed, const Response& response,
           Timestamp at);
bool give_up(store::Session& session, std::uint32_t books_id, const Claimed& claimed,
             const Response& response, Timestamp at);
// As if it had not been claimed; due again a moment later.
bool put_back(store::Session& session, std::uint32_t books_id, const Claimed& claimed, Timestamp due_at,
              Timestamp at);
bool has_retries_left(const Claimed& claimed);

// Cancels what is pending and due by `due_by`; at most a thousand. How many.
std::int64_t cancel(store::Session& session, std::uint32_t books_id, const WebhookId& webhook_id,
                    Timestamp due_by, Timestamp at);
// Drops what has ended with this status kept_days ago; at most a thousand.
std::int64_t drop_ended(store::Session& session, std::string_view status, const Queue& queue, Timestamp at);

}  // namespace crane::service::webhook_deliveries
