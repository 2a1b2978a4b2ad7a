// Whose key a request carries, and what it may do.
#pragma once

#include <optional>
#include <string>

#include "shared/service/api_keys.h"

namespace crane::app {

struct Principal {
    ApiKeyId key_id;
    std::optional<OrganizationId> organization_id;  // none: an operator
    std::string mode;
    service::api_keys::Permissions permissions;
    bool include_children = false;
    std::int64_t rate_limit_per_minute = 0;
    // What bounds the keys that it makes.
    std::optional<Timestamp> expires_at = std::nullopt;
    std::string allowed_ips = "[]";
    bool require_signature = false;

    bool is_operator() const { return !organization_id.has_value(); }
    bool livemode() const { return mode != "test"; }
};

}  // namespace crane::app
