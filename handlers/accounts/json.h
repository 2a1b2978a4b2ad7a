// Accounts on the wire.
#pragma once

#include "shared/json/json.h"
#include "shared/json/reader.h"
#include "shared/service/scope.h"
#include "shared/store/accounts.h"

namespace crane::accounts {

json::Value account_value(store::Session& session, const service::Books& books,
                          const store::AccountRow& account);
json::Value balance_value(store::Session& session, const service::Books& books,
                          const store::BalanceRow& balance, std::optional<Date> as_of,
                          std::optional<Timestamp> known_at);
json::Value activity_value(const service::Books& books, const AccountId& account_id,
                           const store::ActivityRow& row, Wide running_balance, int decimal_places);

// A creation or a change: what is not given stays as it is.
struct AccountBody {
    json::Field<std::string> name;
    json::Field<std::string> code;
    json::Field<std::string> type;
    json::Field<std::string> subtype;
    json::Field<std::string> currency_id;
    json::Field<std::string> description;
    json::Field<bool> is_active;
    json::Field<AccountId> parent_id;
    json::Field<std::string> metadata;
};
AccountBody read_creation(json::Reader& reader);
AccountBody read_change(json::Reader& reader);

}  // namespace crane::accounts
