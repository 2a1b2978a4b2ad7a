// Settings: what each is for an organization, and changing them.
//
// A row exists for what was set, and for the roles that the starting chart
// gave. What only the operator sets is kept with the live books and holds for
// both sets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/id.h"
#include "shared/domain/settings.h"
#include "shared/service/scope.h"

namespace crane::service::settings {

struct Setting {
    const domain::SettingKind* kind = nullptr;
    std::optional<std::string> value;     // texts as they are, numbers in digits, true or false
    std::optional<Timestamp> updated_at;  // nullopt while it is the default
};

// Every setting, in the order of the keys.
std::vector<Setting> all(store::Session& session, const Books& books);
Setting get(store::Session& session, const Books& books, const domain::SettingKind& kind);
// The same, held against other changes of settings until the session ends.
Setting lock(Scope& scope, const domain::SettingKind& kind);

// nullopt goes back to the default. Throws Error{invalid_request} for `value`
// when it is no account or currency of the organization, or does not fit.
Setting put(Scope& scope, const domain::SettingKind& kind, const std::optional<std::string>& value);

// What the other use cases ask. Throw std::logic_error for a key that there is
// not, or of another type.
std::string text(store::Session& session, const Books& books, std::string_view key);
std::int64_t number(store::Session& session, const Books& books, std::string_view key);
bool flag(store::Session& session, const Books& books, std::string_view key);
// `role` as in "accounts.<role>": sales, receivable, bank, …
std::optional<AccountId> role_account(store::Session& session, std::uint32_t books_id, std::string_view role);
// Whether a role is this account's, now or by default. The caller holds the
// account's row, so that no role comes to it meanwhile.
bool has_role(store::Session& session, std::uint32_t books_id, const AccountId& id);

// The JSON of a setting that holds for the whole organization, test mode too:
// it stands in the live books. nullopt where nobody has set it.
std::optional<std::string> live_value(store::Session& session, const OrganizationId& organization_id,
                                      std::string_view name);

}  // namespace crane::service::settings
