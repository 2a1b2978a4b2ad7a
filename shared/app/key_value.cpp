#include "shared/app/key_value.h"

namespace crane::app {
namespace {

json::Value time_or_null(const std::optional<Timestamp>& at) {
    return at ? json::Value::string(format_timestamp(*at)) : json::Value::null();
}

}  // namespace

json::Value api_key_value(const service::api_keys::ApiKeyRow& key, Timestamp at) {
    auto value = json::Value::object();
    value.set("id", to_text(key.id)).set("object", "api_key");
    value.set("organization_id",
              key.organization_id ? json::Value::string(to_text(*key.organization_id)) : json::Value::null());
    value.set("livemode", json::Value::boolean(key.livemode()));
    value.set("name", key.name).set("description", json::Value::string_or_null_if_empty(key.description));
    value.set("key_preview", key.key_preview).set("mode", key.mode);
    value.set("permissions", json::Value::raw(service::api_keys::permissions_json(key.permissions)));
    value.set("status", key.status_at(at));
    value.set("include_children", json::Value::boolean(key.include_children));
    value.set("allowed_ips", json::Value::raw(key.allowed_ips));
    value.set("require_signature", json::Value::boolean(key.require_signature));
    value.set("can_sign", json::Value::boolean(key.can_sign()));
    value.set("rate_limit_per_minute", json::Value::integer(key.rate_limit_per_minute));
    value.set("expires_at", time_or_null(key.expires_at));
    value.set("previous_secret_expires_at", time_or_null(key.previous_secret_expires_at));
    value.set("last_used_at", time_or_null(key.last_used_at));
    value.set("usage_this_month", json::Value::integer(key.usage_this_month));
    value.set("created_at", format_timestamp(key.created_at));
    value.set("updated_at", format_timestamp(key.updated_at));
    return value;
}

}  // namespace crane::app
