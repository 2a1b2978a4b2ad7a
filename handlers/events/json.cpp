#include "handlers/events/json.h"

namespace crane::events {
namespace {

namespace webhooks = service::webhooks;

constexpr std::size_t longest_url = 2000;
constexpr std::size_t most_event_types = 100;
constexpr std::size_t longest_event_type = 64;
constexpr std::int64_t longest_overlap_seconds = std::int64_t{7} * 86'400;

json::Value begin(const service::Books& books, const std::string& id, const char* object) {
    auto value = json::Value::object();
    value.set("id", id).set("object", object);
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    return value;
}

json::Value time_or_null(const std::optional<Timestamp>& at) {
    return at ? json::Value::string(format_timestamp(*at)) : json::Value::null();
}

void read_common(json::Reader& reader, app::Call& call, WebhookBody& body, json::Presence url_presence) {
    body.url = reader.text("url", longest_url, url_presence);
    const bool is_missing = url_presence == json::Presence::required && body.url.content == "";
    if (body.url.has_value() && !is_missing) {
        const bool may_be_private = webhooks::may_be_private(call.session(), call.books().organization_id);
        const auto refusal = webhooks::refusal_of(parse_web_address(*body.url.content), may_be_private);
        if (!refusal.empty()) reader.fault("url", refusal);
    }
    body.description = reader.text("description", 1000);
    body.event_types = reader.texts("event_types", most_event_types, longest_event_type);
    if (body.event_types.has_value()) {
        const auto& types = *body.event_types.content;
        if (types.empty()) reader.fault("event_types", R"(must not be empty; ["*"] stands for all)");
        for (std::size_t i = 0; i < types.size(); ++i) {
            if (webhooks::is_event_pattern(types[i])) continue;
            reader.fault("event_types[" + std::to_string(i) + "]",
                         "must be *, a type such as transaction.posted, or all of a kind, transaction.*");
        }
    }
    body.status = reader.choice("status", {"active", "disabled"});
}

}  // namespace

json::Value webhook_value(const service::Books& books, const webhooks::WebhookRow& webhook) {
    auto value = begin(books, to_text(webhook.id), "webhook");
    value.set("url", webhook.url);
    value.set("description", json::Value::string_or_null_if_empty(webhook.description));
    auto types = json::Value::array();
    for (const auto& type : webhook.event_types) types.push(json::Value::string(type));
    value.set("event_types", std::move(types)).set("status", webhook.status);
    value.set("disabled_reason", json::Value::string_or_null_if_empty(webhook.disabled_reason));
    value.set("disabled_at", time_or_null(webhook.disabled_at));
    value.set("previous_secret_expires_at", time_or_null(webhook.previous_secret_expires_at));
    value.set("created_at", format_timestamp(webhook.created_at));
    value.set("updated_at", format_timestamp(webhook.updated_at));
    return value;
}

json::Value delivery_value(const service::Books& books,
                           const service::webhook_deliveries::DeliveryRow& delivery) {
    auto value = begin(books, to_text(delivery.id), "webhook_delivery");
    value.set("webhook_id", to_text(delivery.webhook_id)).set("event_id", to_text(delivery.event_id));
    value.set("event_type", delivery.event_type).set("status", delivery.status);
    value.set("attempts", json::Value::integer(delivery.attempts));
    value.set("response_status", delivery.response_status ? json::Value::integer(*delivery.response_status)
                                                          : json::Value::null());
    value.set("error", json::Value::string_or_null_if_empty(delivery.error));
    value.set("last_attempt_at", time_or_null(delivery.last_attempt_at));
    value.set("next_attempt_at",
              time_or_null(delivery.is_pending() ? std::optional(delivery.due_at) : std::nullopt));
    value.set("delivered_at", time_or_null(delivery.delivered_at));
    value.set("created_at", format_timestamp(delivery.created_at));
    value.set("updated_at", format_timestamp(delivery.updated_at));
    return value;
}

WebhookBody read_creation(json::Reader& reader, app::Call& call) {
    WebhookBody body;
    read_common(reader, call, body, json::Presence::required);
    return body;
}

WebhookBody read_change(json::Reader& reader, app::Call& call) {
    WebhookBody body;
    read_common(reader, call, body, json::Presence::optional);
    return body;
}

RotationBody read_rotation(json::Reader& reader, app::Call&) {
    return {reader.integer("overlap_seconds", 0, longest_overlap_seconds)};
}

}  // namespace crane::events
