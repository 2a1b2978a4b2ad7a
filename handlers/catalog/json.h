// Categories, taxes and items on the wire.
#pragma once

#include "shared/app/operation.h"
#include "shared/service/categories.h"
#include "shared/service/items.h"
#include "shared/service/taxes.h"

namespace crane::catalog {

json::Value category_value(const service::Books& books, const service::categories::CategoryRow& category,
                           const std::vector<CategoryId>& subcategories);
json::Value tax_value(const service::Books& books, const service::taxes::TaxRow& tax);
json::Value item_value(store::Session& session, const service::Books& books,
                       const service::items::ItemRow& item);

// Creations and changes: what is not given stays as it is.

struct CategoryBody {
    json::Field<std::string> name;
    json::Field<std::string> description;
    json::Field<std::string> category_type;  // of a creation
    json::Field<std::string> color;
    json::Field<bool> is_active;
    json::Field<CategoryId> parent_id;
    json::Field<AccountId> account_id;
};
CategoryBody read_category_creation(json::Reader& reader, app::Call& call);
CategoryBody read_category_change(json::Reader& reader, app::Call& call);
void apply(const CategoryBody& body, service::categories::CategoryRow& category);

struct TaxBody {
    json::Field<std::string> name;
    json::Field<std::string> description;
    std::optional<Decimal> rate;
    json::Field<std::string> tax_type;
    json::Field<bool> is_active;
    json::Field<bool> is_compound;
    json::Field<bool> is_inclusive;
    json::Field<AccountId> account_id;
};
TaxBody read_tax_creation(json::Reader& reader, app::Call& call);
TaxBody read_tax_change(json::Reader& reader, app::Call& call);
void apply(const TaxBody& body, service::taxes::TaxRow& tax);

struct ItemBody {
    json::Field<std::string> name;
    json::Field<std::string> description;
    json::Field<std::string> sku;
    json::Field<std::string> item_type;
    json::Field<Decimal> price;
    std::optional<std::string> currency_code;
    json::Field<std::vector<TaxId>> tax_ids;
    json::Field<CategoryId> category_id;
    json::Field<bool> is_active;
};
ItemBody read_item_creation(json::Reader& reader, app::Call& call);
ItemBody read_item_change(json::Reader& reader, app::Call& call);
void apply(const ItemBody& body, service::items::ItemRow& item);

}  // namespace crane::catalog
