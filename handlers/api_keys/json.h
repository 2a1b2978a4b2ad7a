// API keys on the wire.
#pragma once

#include "shared/app/operation.h"

namespace crane::api_keys {

struct KeyBody {
    json::Field<std::string> name;
    json::Field<std::string> description;
    json::Field<std::string> mode;
    std::optional<service::api_keys::Permissions> permissions;
    json::Field<bool> include_children;
    json::Field<std::vector<std::string>> allowed_ips;
    json::Field<bool> require_signature;
    json::Field<bool> with_signing_secret;
    json::Field<Timestamp> expires_at;
    json::Field<std::int64_t> rate_limit_per_minute;
};
KeyBody read_creation(json::Reader& reader, app::Call& call);
KeyBody read_change(json::Reader& reader, app::Call& call);

struct RotationBody {
    json::Field<std::int64_t> overlap_seconds;
    json::Field<bool> with_signing_secret;
};
RotationBody read_rotation(json::Reader& reader, app::Call& call);

}  // namespace crane::api_keys
