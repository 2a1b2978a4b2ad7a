#include "shared/app/event_value.h"

#include "shared/app/changes.h"

namespace crane::app {

json::Value event_value(const service::event_feed::EventRow& event, const service::Books& books) {
    const auto text_or_null = [](const std::string& text) {
        return json::Value::string_or_null_if_empty(text);
    };
    auto value = json::Value::object();
    value.set("id", to_text(event.id)).set("object", "event");
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    value.set("entity_type", event.entity_type).set("entity_id", event.entity_id);
    value.set("event_type", event.event_type);
    value.set("description", service::event_feed::describe(event, changed_fields(event.metadata)));
    value.set("api_key_id",
              event.api_key_id ? json::Value::string(to_text(*event.api_key_id)) : json::Value::null());
    value.set("ip_address", text_or_null(event.ip_address));
    value.set("user_agent", text_or_null(event.user_agent));
    value.set("request_id", text_or_null(event.request_id));
    value.set("sequence", event.sequence == 0 ? json::Value::null() : json::Value::integer(event.sequence));
    value.set("metadata", json::Value::raw(event.metadata));
    value.set("created_at", format_timestamp(event.created_at));
    return value;
}

std::string event_payload(const service::event_feed::EventRow& event, const service::Books& books) {
    auto value = json::Value::object();
    value.set("type", event.event_type).set("timestamp", format_timestamp(event.created_at));
    value.set("data", event_value(event, books));
    return value.dump();
}

}  // namespace crane::app
