#include "handlers/settings/json.h"

namespace crane::settings {
namespace {

using domain::SettingKind;

// The value in the type of the setting, as it is stored. Faults go to the reader.
std::optional<std::string> read_value(json::Reader& reader, const SettingKind& kind, json::View given) {
    const auto type = kind.data_type();
    if (type == "boolean") {
        if (given.kind() == json::Kind::boolean) return given.boolean() ? "true" : "false";
        reader.fault("value", "must be true, false or null");
        return std::nullopt;
    }
    if (given.kind() != (type == "number" ? json::Kind::number : json::Kind::string)) {
        reader.fault("value", "must be a " + std::string(type) + " or null");
        return std::nullopt;
    }
    std::string value(given.text());
    if (auto fault = domain::setting_fault(kind, value)) reader.fault("value", std::move(*fault));
    return value;
}

json::Value value_of(const service::settings::Setting& setting) {
    if (!setting.value) return json::Value::null();
    if (setting.kind->data_type() == "string") return json::Value::string(*setting.value);
    return json::Value::raw(*setting.value);
}

}  // namespace

json::Value setting_value(const service::Books& books, const service::settings::Setting& setting) {
    const auto& kind = *setting.kind;
    auto value = json::Value::object();
    value.set("key", kind.key).set("object", "setting");
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    value.set("value", value_of(setting));
    value.set("description", kind.description).set("data_type", kind.data_type());
    value.set("is_system", json::Value::boolean(kind.is_operator_only()));
    value.set("updated_at", setting.updated_at ? json::Value::string(format_timestamp(*setting.updated_at))
                                               : json::Value::null());
    return value;
}

const SettingKind& setting_in_path(const app::Call& call) {
    const auto* const kind = domain::find_setting(call.path.find("setting_key")->second);
    if (kind == nullptr) throw Error(ErrorCode::resource_not_found, "There is no such setting.");
    if (call.principal.is_operator() && !kind->is_operator_only()) {
        throw Error(ErrorCode::insufficient_permissions,
                    "An operator's key reaches only the settings that are the operator's.");
    }
    return *kind;
}

SettingBody read_change(json::Reader& reader, app::Call& call) {
    const auto given = reader.view("value", json::Presence::nullable);
    SettingBody body;
    if (call.path.empty()) return body;  // a probe asks for the fields' names
    const auto& kind = setting_in_path(call);
    if (kind.is_operator_only() && !call.principal.is_operator()) {
        throw Error(ErrorCode::insufficient_permissions, "Only an operator of this installation sets this.");
    }
    if (!reader.is_readable()) return body;
    if (!given.exists()) {
        reader.fault("value", "is required; null goes back to the default");
    } else if (!given.is_null()) {
        body.value = read_value(reader, kind, given);
    }
    return body;
}

}  // namespace crane::settings
