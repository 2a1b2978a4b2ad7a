#include "shared/service/webhook_deliveries.h"

#include "shared/base/error.h"
#include "shared/base/random.h"
#include "shared/store/queries.h"

namespace crane::service::webhook_deliveries {
namespace {

Timestamp later(Timestamp at, std::int64_t milliseconds) {
    return {at.microseconds + milliseconds * 1000};
}

Timestamp forgotten_at(Timestamp at) {
    return later(at, kept_days * 86'400'000);
}

}  // namespace

std::int64_t jittered_milliseconds(std::int64_t seconds) {
    const auto milliseconds = seconds * 1000;
    return milliseconds + random_below(static_cast<std::uint32_t>(milliseconds / 10 + 1));
}

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::webhook_deliveries_list,
        .id_column = "d.id",
        .id_prefix = WebhookDeliveryNoun::prefix,
        .sorts = {{"created_at", "d.created_at", "webhook_deliveries_by_created_at"}},
        .filters = {{.name = "status",
                     .column = "d.status",
                     .index = {"webhook_deliveries_by_status", "d.created_at"},
                     .choices = {"pending", "delivered", "failed", "cancelled"}},
                    {.name = "event_id",
                     .column = "d.event_id",
                     .type = store::FieldType::id,
                     .id_prefix = EventNoun::prefix,
                     .index = {"webhook_deliveries_event", ""}},
                    {.name = "event_type",
                     .column = "d.event_type",
                     .index = {"webhook_deliveries_by_event_type", "d.created_at"}},
                    {"created_at", "d.created_at", store::FieldType::timestamp, true}},
    };
    return definition;
}

DeliveryRow read(store::Rows& rows) {
    DeliveryRow row;
    row.id = rows.id<WebhookDeliveryNoun>();
    row.webhook_id = rows.id<WebhookNoun>();
    row.event_id = rows.id<EventNoun>();
    row.event_type = rows.text();
    row.status = rows.text();
    row.attempts = rows.integer();
    row.response_status = rows.optional_integer();
    row.error = rows.text();
    row.due_at = rows.timestamp();
    row.last_attempt_at = rows.optional_timestamp();
    row.delivered_at = rows.optional_timestamp();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

std::optional<DeliveryRow> get(store::Session& session, std::uint32_t books_id, const WebhookId& webhook_id,
                               const WebhookDeliveryId& id) {
    auto rows = session.query(sql::webhook_deliveries_get, {books_id, webhook_id, id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

void insert(store::Session& session, std::uint32_t books_id, const std::vector<NewDelivery>& deliveries,
            Timestamp at) {
    constexpr std::size_t columns = 9;
    store::Values values;
    values.reserve(deliveries.size() * columns);
    for (const auto& delivery : deliveries) {
        const store::Value row[columns] = {
            books_id, delivery.id, delivery.webhook_id, delivery.event_id, delivery.event_type, "pending", at,
            at,       at};
        values.insert(values.end(), std::begin(row), std::end(row));
    }
    session.insert_rows(sql::webhook_deliveries_insert, columns, values);
}

DeliveryRow ask_again(store::Session& session, std::uint32_t books_id, const WebhookId& webhook_id,
                      const WebhookDeliveryId& id, Timestamp at) {
    if (session.query(sql::webhook_deliveries_lock, {books_id, webhook_id, id}).next()) {
        session.execute(sql::webhook_deliveries_ask_again, {at, at, books_id, id});
    }
    auto row = get(session, books_id, webhook_id, id);
    if (!row) throw Error(ErrorCode::resource_not_found, "There is no such delivery.");
    return std::move(*row);
}

std::vector<Queue> queues(store::Session& session, std::string_view status) {
    std::vector<Queue> found;
    auto rows = session.query(sql::webhook_deliveries_earliest, {status});
    while (rows.next()) {
        Queue queue;
        queue.books_id = static_cast<std::uint32_t>(rows.integer());
        queue.webhook_id = rows.id<WebhookNoun>();
        queue.earliest = rows.timestamp();
        found.push_back(queue);
    }
    return found;
}

std::vector<Claimed> claim(store::Session& session, std::uint32_t books_id, const WebhookId& webhook_id,
                           std::int64_t most, Timestamp at) {
    std::vector<Claimed> claimed;
    {
        auto rows = session.query(sql::webhook_deliveries_claimable, {books_id, webhook_id, at, most});
        while (rows.next()) {
            Claimed delivery;
            delivery.id = rows.id<WebhookDeliveryNoun>();
            delivery.event_id = rows.id<EventNoun>();
            delivery.attempts = rows.integer() + 1;
            delivery.retries = rows.integer();
            claimed.push_back(delivery);
        }
    }
    for (const auto& delivery : claimed) {
        session.execute(sql::webhook_deliveries_claim,
                        {at, later(at, attempt_seconds * 1000), at, books_id, delivery.id});
    }
    return claimed;
}

bool succeed(store::Session& session, std::uint32_t books_id, const Claimed& claimed,
             const Response& response, Timestamp at) {
    return session.execute(sql::webhook_deliveries_settle,
                           {"delivered", claimed.attempts, claimed.retries, response.status, response.error,
                            forgotten_at(at), at, at, books_id, claimed.id, claimed.attempts}) > 0;
}

bool has_retries_left(const Claimed& claimed) {
    return claimed.retries < static_cast<std::int64_t>(retry_seconds.size());
}

bool retry(store::Session& session, std::uint32_t books_id, const Claimed& claimed, const Response& response,
           Timestamp at) {
    const auto seconds = retry_seconds.at(static_cast<std::size_t>(claimed.retries));
    return session.execute(sql::webhook_deliveries_settle,
                           {"pending", claimed.attempts, claimed.retries + 1, response.status, response.error,
                            later(at, jittered_milliseconds(seconds)), nullptr, at, books_id, claimed.id,
                            claimed.attempts}) > 0;
}

bool give_up(store::Session& session, std::uint32_t books_id, const Claimed& claimed,
             const Response& response, Timestamp at) {
    return session.execute(sql::webhook_deliveries_settle,
                           {"failed", claimed.attempts, claimed.retries, response.status, response.error,
                            forgotten_at(at), nullptr, at, books_id, claimed.id, claimed.attempts}) > 0;
}

bool put_back(store::Session& session, std::uint32_t books_id, const Claimed& claimed, Timestamp due_at,
              Timestamp at) {
    return session.execute(sql::webhook_deliveries_settle,
                           {"pending", claimed.attempts - 1, claimed.retries, nullptr, "", due_at, nullptr,
                            at, books_id, claimed.id, claimed.attempts}) > 0;
}

std::int64_t cancel(store::Session& session, std::uint32_t books_id, const WebhookId& webhook_id,
                    Timestamp due_by, Timestamp at) {
    return session.execute(sql::webhook_deliveries_cancel,
                           {forgotten_at(at), at, books_id, webhook_id, due_by});
}

std::int64_t drop_ended(store::Session& session, std::string_view status, const Queue& queue, Timestamp at) {
    return session.execute(sql::webhook_deliveries_drop_ended,
                           {status, queue.books_id, queue.webhook_id, at});
}

}  // namespace crane::service::webhook_deliveries
