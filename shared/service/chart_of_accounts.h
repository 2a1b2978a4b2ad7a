// Accounts: making, changing and removing them, and reading their balances.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/service/scope.h"
#include "shared/store/accounts.h"

namespace crane::service::chart_of_accounts {

// What a client wants changed; what is nullopt stays. Empty texts clear.
struct AccountChange {
    std::optional<std::string> name;
    std::optional<std::string> code;
    std::optional<std::string> subtype;
    std::optional<std::string> description;
    std::optional<bool> is_active;
    std::optional<std::optional<AccountId>> parent_id;
    std::optional<std::string> metadata;
};

// All throw Error: invalid_request (a parent or currency that is none, a cycle),
// already_exists (code), resource_not_found, account_in_use, invalid_state.
store::AccountRow create(Scope& scope, store::AccountRow row, const AccountChange& change,
                         const std::optional<std::string>& currency_id);
store::AccountRow update(Scope& scope, const AccountId& id, const AccountChange& change);
void remove(Scope& scope, const AccountId& id);
// Held until the session ends.
store::AccountRow lock(Scope& scope, const AccountId& id);

// All time unless `as_of`; as it was known at a moment if `known_at`. Nothing when there is no such account.
std::optional<store::BalanceRow> balance(store::Session& session, const Books& books, const AccountId& id,
                                         std::optional<Date> as_of, std::optional<Timestamp> known_at);

// The account's net after each of `rows`, which are one page of its activity
// in either direction.
std::vector<Wide> running_balances(store::Session& session, const Books& books,
                                   const store::AccountRow& account,
                                   const std::vector<store::ActivityRow>& rows);

}  // namespace crane::service::chart_of_accounts
