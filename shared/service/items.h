// Items: what is sold and bought, with its price and its taxes.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared/base/decimal.h"
#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::items {

constexpr int price_scale = 4;  // decimals of a unit price, whatever the currency has
constexpr std::size_t most_taxes = 10;

struct ItemRow {
    ItemId id;
    std::string name;
    std::string description;       // empty: none
    std::string sku;               // empty: none; unique in the books
    std::string item_type;         // product, service, other
    std::optional<Decimal> price;  // of one, in the currency
    std::string currency_code;
    std::vector<TaxId> tax_ids;  // in the order in which they are taken
    std::optional<CategoryId> category_id;
    bool is_active = true;
    Timestamp created_at;
    Timestamp updated_at;
};

const store::ListDefinition& list_definition();
// Without tax_ids; those come by load_taxes.
ItemRow read(store::Rows& rows);
void load_taxes(store::Session& session, std::uint32_t books_id, std::span<ItemRow> items);
std::optional<ItemRow> get(store::Session& session, std::uint32_t books_id, const ItemId& id);

// Held until the session ends. Throws resource_not_found.
ItemRow lock(Scope& scope, const ItemId& id);
// What of the references is looked at: those that are new.
struct Changed {
    bool taxes = true;
    bool category = true;
};
// Both stamp `row` and note its event; `row` was locked before a change. Throw invalid_request that names
// every fault: a tax or a category that is none of the organization's or is not active. A sku that another
// item has is refused by the store.
void insert(Scope& scope, ItemRow& row);
void update(Scope& scope, ItemRow& row, Changed changed);
// Throws resource_not_found.
void remove(Scope& scope, const ItemId& id);

}  // namespace crane::service::items
