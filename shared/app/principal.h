// Whose key a request carries, and what it may do.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "shared/service/api_keys.h"
#include "shared/service/organizations.h"

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
    // Whether the organization is the key's own or, where the key includes those,
    // below it: then the key knows that it is there.
    bool sees(const service::organizations::OrganizationScope& organization) const {
        return is_operator() || is_among(organization, organization.ancestors.size());
    }
    // The same, with no linked organization between: then the key reaches its books.
    bool reaches(const service::organizations::OrganizationScope& organization) const {
        return is_operator() || is_among(organization, organization.reaching_count);
    }

private:
    bool is_among(const service::organizations::OrganizationScope& organization, std::size_t count) const {
        const auto end =
            organization.ancestors.begin() + static_cast<std::ptrdiff_t>(include_children ? count : 1);
        return std::find(organization.ancestors.begin(), end, *organization_id) != end;
    }
};

}  // namespace crane::app
