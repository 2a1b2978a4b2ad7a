#include "shared/service/items.h"

#include <set>
#include <unordered_map>

#include "shared/base/error.h"
#include "shared/service/categories.h"
#include "shared/service/search.h"
#include "shared/service/taxes.h"
#include "shared/store/queries.h"

namespace crane::service::items {
namespace {

// What q searches.
search::Findable findable(const ItemRow& row) {
    return {row.id.bytes, {row.name, row.sku, row.description}, {}};
}

void find_tax_faults(Scope& scope, const ItemRow& row, std::vector<Fault>& faults) {
    const std::set<TaxId> ids(row.tax_ids.begin(), row.tax_ids.end());
    const auto held = taxes::hold(scope.session, scope.books.books_id, {ids.begin(), ids.end()});
    for (std::size_t i = 0; i < row.tax_ids.size(); ++i) {
        const auto found = held.find(row.tax_ids[i]);
        const auto field = "tax_ids[" + std::to_string(i) + "]";
        if (found == held.end()) {
            faults.push_back({field, "is not a tax of this organization"});
        } else if (!found->second) {
            faults.push_back({field, "is a tax that is not active"});
        }
    }
}

void find_category_fault(Scope& scope, const ItemRow& row, std::vector<Fault>& faults) {
    if (!row.category_id) return;
    const auto held = categories::hold(scope.session, scope.books.books_id, {*row.category_id});
    const auto found = held.find(*row.category_id);
    if (found == held.end()) {
        faults.push_back({"category_id", "is not a category of this organization"});
    } else if (!found->second.is_active) {
        faults.push_back({"category_id", "is a category that is not active"});
    }
}

void refuse_references(Scope& scope, const ItemRow& row, Changed changed) {
    std::vector<Fault> faults;
    if (changed.taxes) find_tax_faults(scope, row, faults);
    if (changed.category) find_category_fault(scope, row, faults);
    if (!faults.empty()) throw Error(std::move(faults));
}

void insert_taxes(Scope& scope, const ItemRow& row) {
    constexpr std::size_t columns = 4;
    store::Values values;
    int position = 0;
    for (const auto& tax_id : row.tax_ids) {
        values.insert(values.end(), {scope.books.books_id, row.id, position++, tax_id});
    }
    if (!values.empty()) scope.session.insert_rows(sql::items_insert_taxes, columns, values);
}

std::optional<std::int64_t> digits_of(const std::optional<Decimal>& price) {
    return price ? std::optional(price->digits) : std::nullopt;
}

}  // namespace

const store::ListDefinition& list_definition() {
    static const store::Membership taxed{sql::items_taxed, sql::items_is_taxed, "x.item_id"};
    static const store::ListDefinition definition{
        .query = sql::items_list,
        .id_column = "i.id",
        .id_prefix = ItemNoun::prefix,
        .sorts = {{"created_at", "i.created_at", "items_by_created_at"},
                  {"name", "i.name", "items_by_name"},
                  {"sku", "i.sku", "items_by_sku"}},
        .filters = {{"name", "i.name"},
                    {"sku", "i.sku"},
                    {.name = "item_type",
                     .column = "i.item_type",
                     .index = {"items_by_type", "i.created_at"},
                     .choices = {"product", "service", "other"}},
                    {.name = "currency_id",
                     .column = "i.currency_code",
                     .type = store::FieldType::currency,
                     .index = {"items_by_currency", "i.created_at"}},
                    {.name = "category_id",
                     .column = "i.category_id",
                     .type = store::FieldType::id,
                     .id_prefix = CategoryNoun::prefix,
                     .index = {"items_by_category", "i.created_at"}},
                    {.name = "tax_id",
                     .column = nullptr,
                     .type = store::FieldType::id,
                     .id_prefix = TaxNoun::prefix,
                     .membership = &taxed},
                    {.name = "is_active",
                     .column = "i.is_active",
                     .type = store::FieldType::flag,
                     .index = {"items_by_activity", "i.created_at"}},
                    {"created_at", "i.created_at", store::FieldType::timestamp, true}},
        .search_object = "item",
        .has_metadata = false,
    };
    return definition;
}

ItemRow read(store::Rows& rows) {
    ItemRow row;
    row.id = rows.id<ItemNoun>();
    row.name = rows.text();
    row.description = rows.text();
    row.sku = rows.text();
    row.item_type = rows.text();
    if (const auto digits = rows.optional_integer()) row.price = Decimal{*digits, price_scale};
    row.currency_code = rows.text();
    row.category_id = rows.optional_id<CategoryNoun>();
    row.is_active = rows.flag();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

void load_taxes(store::Session& session, std::uint32_t books_id, std::span<ItemRow> items) {
    if (items.empty()) return;
    std::unordered_map<ItemId, ItemRow*> by_id;
    store::Values list;
    for (auto& item : items) {
        by_id[item.id] = &item;
        list.emplace_back(item.id);
    }
    const store::Values before{books_id};
    auto rows = session.query_list(sql::items_taxes, before, list);
    while (rows.next()) {
        auto& item = *by_id.at(rows.id<ItemNoun>());
        item.tax_ids.push_back(rows.id<TaxNoun>());
    }
}

namespace {

std::optional<ItemRow> find(store::Session& session, const store::Query& query, std::uint32_t books_id,
                            const ItemId& id) {
    std::optional<ItemRow> item;
    {
        auto rows = session.query(query, {books_id, id});
        if (rows.next()) item = read(rows);
    }
    if (item) load_taxes(session, books_id, std::span(&*item, 1));
    return item;
}

}  // namespace

std::optional<ItemRow> get(store::Session& session, std::uint32_t books_id, const ItemId& id) {
    return find(session, sql::items_get, books_id, id);
}

ItemRow lock(Scope& scope, const ItemId& id) {
    auto item = find(scope.session, sql::items_lock, scope.books.books_id, id);
    if (!item) throw Error(ErrorCode::resource_not_found, "There is no such item.");
    return std::move(*item);
}

void insert(Scope& scope, ItemRow& row) {
    refuse_references(scope, row, {});
    row.created_at = row.updated_at = scope.at;
    scope.session.execute(sql::items_insert,
                          {scope.books.books_id, row.id, row.name, row.description, row.sku, row.item_type,
                           digits_of(row.price), row.currency_code, row.category_id, row.is_active,
                           row.created_at, row.updated_at});
    insert_taxes(scope, row);
    search::add(scope.session, scope.books.books_id, search::item, findable(row));
    scope.note("item", to_text(row.id), "item.created");
}

void update(Scope& scope, ItemRow& row, Changed changed) {
    refuse_references(scope, row, changed);
    row.updated_at = scope.at;
    scope.session.execute(sql::items_update, {row.name, row.description, row.sku, row.item_type,
                                              digits_of(row.price), row.currency_code, row.category_id,
                                              row.is_active, row.updated_at, scope.books.books_id, row.id});
    if (changed.taxes) {
        scope.session.execute(sql::items_delete_taxes, {scope.books.books_id, row.id});
        insert_taxes(scope, row);
    }
    search::change(scope.session, scope.books.books_id, search::item, findable(row));
    scope.note("item", to_text(row.id), "item.updated");
}

void remove(Scope& scope, const ItemId& id) {
    lock(scope, id);
    scope.session.execute(sql::items_delete_taxes, {scope.books.books_id, id});
    scope.session.execute(sql::items_delete, {scope.books.books_id, id});
    search::remove(scope.session, scope.books.books_id, search::item, id.bytes);
    scope.note("item", to_text(id), "item.deleted");
}

}  // namespace crane::service::items
