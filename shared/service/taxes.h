// Taxes: rates that items and documents name.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/decimal.h"
#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::taxes {

constexpr int rate_scale = 4;                   // decimals of a percent
constexpr std::int64_t most_rate = 10'000'000;  // 1000 percent, in its smallest part

struct TaxRow {
    TaxId id;
    std::string name;
    std::string description;      // empty: none
    Decimal rate{0, rate_scale};  // in percent
    std::string tax_type;         // sales_tax, vat, excise, other
    bool is_active = true;
    bool is_compound = false;   // taken on the amount and the taxes before it
    bool is_inclusive = false;  // contained in the price
    std::optional<AccountId> account_id;
    Timestamp created_at;
    Timestamp updated_at;
};

const store::ListDefinition& list_definition();
TaxRow read(store::Rows& rows);
std::optional<TaxRow> get(store::Session& session, std::uint32_t books_id, const TaxId& id);

// Held until the session ends. Throws resource_not_found.
TaxRow lock(Scope& scope, const TaxId& id);
// Whether the account is looked at: where it is new.
enum class AccountCheck { no, yes };
// Both stamp `row` and note its event; `row` was locked before a change. Throw invalid_request for an account
// that is none of the organization's, is not active, or is neither an asset nor a liability.
void insert(Scope& scope, TaxRow& row);
void update(Scope& scope, TaxRow& row, AccountCheck check);
// Throws resource_not_found. What items name is refused by the store.
void remove(Scope& scope, const TaxId& id);

// Whether each of some taxes is active; those that there are not are absent. Held until the session ends, so
// that none is deleted before it is named. One query, or none for no ids.
std::map<TaxId, bool> hold(store::Session& session, std::uint32_t books_id, const std::vector<TaxId>& ids);

}  // namespace crane::service::taxes
