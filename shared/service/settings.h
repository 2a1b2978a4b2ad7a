// What the settings say: which account plays which role.
#pragma once

#include <optional>
#include <string_view>

#include "shared/base/id.h"
#include "shared/store/session.h"

namespace crane::service::settings {

// `role` as in "accounts.<role>": sales, receivable, bank, …
std::optional<AccountId> role_account(store::Session& session, std::uint32_t books_id, std::string_view role);

}  // namespace crane::service::settings
