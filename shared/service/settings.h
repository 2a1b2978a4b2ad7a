// What the settings say: which account plays which role, what is allowed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/base/id.h"
#include "shared/store/session.h"

namespace crane::service::settings {

// `role` as in "accounts.<role>": sales, receivable, bank, …
std::optional<AccountId> role_account(store::Session& session, std::uint32_t books_id, std::string_view role);

// The JSON of a setting that holds for the whole organization, test mode too:
// it stands in the live books. nullopt where nobody has set it.
std::optional<std::string> live_value(store::Session& session, const OrganizationId& organization_id,
                                      std::string_view name);

}  // namespace crane::service::settings
