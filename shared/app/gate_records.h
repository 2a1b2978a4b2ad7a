// How keys and organizations are written down in the cache.
#pragma once

#include <string>
#include <string_view>

#include "shared/service/api_keys.h"
#include "shared/service/organizations.h"

namespace crane::app {

std::string write_key_record(const service::api_keys::ApiKeyRow& key);
service::api_keys::ApiKeyRow read_key_record(std::string_view text);

std::string write_organization_record(const service::organizations::OrganizationScope& scope);
service::organizations::OrganizationScope read_organization_record(std::string_view text);

}  // namespace crane::app
