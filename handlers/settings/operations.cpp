#include "handlers/settings/operations.h"

#include "handlers/settings/json.h"

namespace crane::settings {
namespace {

json::Value update(app::Call& call, SettingBody& body) {
    const auto setting = service::settings::put(call.scope, setting_in_path(call), body.value);
    return setting_value(call.books(), setting);
}

json::Value current(app::Call& call) {
    return setting_value(call.books(), service::settings::lock(call.scope, setting_in_path(call)));
}

}  // namespace

const app::Operation update_setting{
    .name = "settings.update",
    .permission = {"settings", "write"},
    .resource_object = "setting",
    .drafting = app::Drafting::optional,
    .read = app::read_body<SettingBody, read_change>,
    .run = app::run_body<SettingBody, update>,
    .current = current,
};

}  // namespace crane::settings
