// Settings on the wire.
#pragma once

#include "shared/app/operation.h"
#include "shared/service/settings.h"

namespace crane::settings {

json::Value setting_value(const service::Books& books, const service::settings::Setting& setting);

// The setting that the path names. Throws Error: resource_not_found for a key
// that there is not, insufficient_permissions for an operator's key and a
// setting that is not the operator's.
const domain::SettingKind& setting_in_path(const app::Call& call);

struct SettingBody {
    std::optional<std::string> value;  // as stored; nullopt goes back to the default
};
// Throws besides Error{insufficient_permissions} for a setting that only an
// operator writes.
SettingBody read_change(json::Reader& reader, app::Call& call);

}  // namespace crane::settings
