#include "handlers/events/routes.h"

#include <charconv>

#include "handlers/events/json.h"
#include "handlers/events/operations.h"
#include "shared/app/event_value.h"

namespace crane::events {
namespace {

namespace event_feed = service::event_feed;
namespace webhooks = service::webhooks;
namespace deliveries = service::webhook_deliveries;

std::int64_t sequence_of(std::string_view text) {
    std::int64_t sequence = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sequence);
    if (error != std::errc() || end != text.data() + text.size() || sequence < 0)
        throw faulty_field("after_sequence", "must be a whole number from 0 on");
    return sequence;
}

// The list's parameters in the order of the feed.
store::ListRequest feed_request(const app::Call& call, std::string_view after_sequence) {
    auto request = *call.list;
    std::vector<Fault> faults;
    for (const std::string_view name : {"sort", "offset", "starting_after", "ending_before"}) {
        if (call.parameter(name)) faults.push_back({std::string(name), "does not go with after_sequence"});
    }
    if (!faults.empty()) throw Error(std::move(faults));
    request.sort = event_feed::feed_definition().sorts.front();
    request.is_descending = false;
    request.conditions.push_back(event_feed::after(sequence_of(after_sequence)));
    return request;
}

json::Value list_events(app::Call& call) {
    const auto after_sequence = call.parameter("after_sequence");
    const auto& definition = after_sequence ? event_feed::feed_definition() : event_feed::list_definition();
    const auto request = after_sequence ? feed_request(call, *after_sequence) : *call.list;
    std::vector<event_feed::EventRow> rows;
    const store::Values scope{call.books().books_id};
    const auto page = store::read_page(call.session(), definition, request, scope, event_feed::read, rows);
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(app::event_value(row, call.books()));
    return app::list_value(std::move(items), page);
}

json::Value get_event(app::Call& call) {
    const auto event =
        event_feed::get(call.session(), call.books().books_id, call.path_id<EventNoun>("event_id"));
    if (!event) app::Call::throw_not_found();
    return app::event_value(*event, call.books());
}

webhooks::WebhookRow find_webhook(app::Call& call) {
    auto webhook =
        webhooks::get(call.session(), call.books().books_id, call.path_id<WebhookNoun>("webhook_id"));
    if (!webhook) app::Call::throw_not_found();
    return std::move(*webhook);
}

json::Value list_webhooks(app::Call& call) {
    std::vector<webhooks::WebhookRow> rows;
    const store::Values scope{call.books().books_id};
    const auto page = store::read_page(call.session(), webhooks::list_definition(), *call.list, scope,
                                       webhooks::read, rows);
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(webhook_value(call.books(), row));
    return app::list_value(std::move(items), page);
}

json::Value get_webhook(app::Call& call) {
    return webhook_value(call.books(), find_webhook(call));
}

json::Value list_deliveries(app::Call& call) {
    const auto webhook = find_webhook(call);
    std::vector<deliveries::DeliveryRow> rows;
    const store::Values scope{call.books().books_id, webhook.id};
    const auto page = store::read_page(call.session(), deliveries::list_definition(), *call.list, scope,
                                       deliveries::read, rows);
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(delivery_value(call.books(), row));
    return app::list_value(std::move(items), page);
}

json::Value get_delivery(app::Call& call) {
    const auto webhook = find_webhook(call);
    const auto delivery = deliveries::get(call.session(), call.books().books_id, webhook.id,
                                          call.path_id<WebhookDeliveryNoun>("delivery_id"));
    if (!delivery) app::Call::throw_not_found();
    return delivery_value(call.books(), *delivery);
}

constexpr std::string_view all_events = "/organizations/{organization_id}/events";
constexpr std::string_view one_event = "/organizations/{organization_id}/events/{event_id}";
constexpr std::string_view all_webhooks = "/organizations/{organization_id}/webhooks";
constexpr std::string_view one_webhook = "/organizations/{organization_id}/webhooks/{webhook_id}";
constexpr std::string_view all_deliveries =
    "/organizations/{organization_id}/webhooks/{webhook_id}/deliveries";
constexpr std::string_view one_delivery =
    "/organizations/{organization_id}/webhooks/{webhook_id}/deliveries/{delivery_id}";

app::Route write(std::string_view method, std::string_view pattern, const app::Operation& operation) {
    return {
        .method = method, .pattern = pattern, .permission = operation.permission, .operation = &operation};
}

app::Route one(std::string_view pattern, app::Permission permission, json::Value (*read)(app::Call&)) {
    return {.method = "GET",
            .pattern = pattern,
            .permission = permission,
            .read = read,
            .shape = app::Shape::resource};
}

}  // namespace

app::Family family() {
    const app::Permission may_read_events{"events", "read"};
    const app::Permission may_read{"webhooks", "read"};
    return {
        "events",
        {
            {.method = "GET",
             .pattern = all_events,
             .permission = may_read_events,
             .read = list_events,
             .list = event_feed::list_definition,
             .query = {"after_sequence"}},
            one(one_event, may_read_events, get_event),
            {.method = "GET",
             .pattern = all_webhooks,
             .permission = may_read,
             .read = list_webhooks,
             .list = webhooks::list_definition},
            write("POST", all_webhooks, create_webhook),
            one(one_webhook, may_read, get_webhook),
            write("PUT", one_webhook, update_webhook),
            write("DELETE", one_webhook, delete_webhook),
            write("POST", "/organizations/{organization_id}/webhooks/{webhook_id}/rotate-secret",
                  rotate_webhook_secret),
            write("POST", "/organizations/{organization_id}/webhooks/{webhook_id}/test", test_webhook),
            {.method = "GET",
             .pattern = all_deliveries,
             .permission = may_read,
             .read = list_deliveries,
             .list = deliveries::list_definition},
            one(one_delivery, may_read, get_delivery),
            write("POST",
                  "/organizations/{organization_id}/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
                  redeliver),
        }};
}

}  // namespace crane::events
