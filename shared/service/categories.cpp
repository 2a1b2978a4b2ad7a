#include "shared/service/categories.h"

#include "shared/base/error.h"
#include "shared/service/search.h"
#include "shared/store/accounts.h"
#include "shared/store/queries.h"

namespace crane::service::categories {
namespace {

// What q searches.
search::Findable findable(const CategoryRow& row) {
    return {row.id.bytes, {row.name, row.description}, {}};
}

// How many levels there are below the category.
int height_below(Scope& scope, const CategoryId& id) {
    std::vector<CategoryId> level{id};
    const store::Values before{scope.books.books_id};
    int height = 0;
    while (height < most_levels) {
        const store::Values list(level.begin(), level.end());
        level.clear();
        auto rows = scope.session.query_list(sql::categories_below, before, list);
        while (rows.next()) level.push_back(rows.id<CategoryNoun>());
        if (level.empty()) break;
        ++height;
    }
    return height;
}

const char* const too_deep = "would nest categories more than 10 deep";

// Why the category cannot be below its parent; nullptr if it can. Each step up is held: of two moves that
// would make a circle together, one waits and finds the other.
const char* parent_fault(Scope& scope, const CategoryRow& row, int height) {
    auto above = row.parent_id;
    for (int levels = height + 1; above; ++levels) {
        if (*above == row.id) return "would put the category below itself";
        if (levels == most_levels) return too_deep;
        auto rows = scope.session.query(sql::categories_above, {scope.books.books_id, *above});
        if (!rows.next()) return "is not a category of this organization";
        if (rows.text() != row.category_type) return "is a category of another type";
        if (!rows.flag() && above == row.parent_id) return "is a category that is not active";
        above = rows.optional_id<CategoryNoun>();
    }
    return nullptr;
}

// Why transactions of the category cannot use its account; nullptr if they can.
const char* account_fault(Scope& scope, const CategoryRow& row) {
    const auto books_id = scope.books.books_id;
    const bool is_there = store::accounts::lock(scope.session, books_id, *row.account_id);
    const auto account =
        is_there ? store::accounts::get(scope.session, books_id, *row.account_id) : std::nullopt;
    if (!account) return "is not an account of this organization";
    if (!account->is_active) return "is an account that is not active";
    if (row.category_type == "income" && account->type != "revenue")
        return "must be a revenue account for an income category";
    if (row.category_type == "expense" && account->type != "expense")
        return "must be an expense account for an expense category";
    return nullptr;
}

void refuse_references(Scope& scope, const CategoryRow& row, Changed changed, int height) {
    std::vector<Fault> faults;
    if (changed.parent && row.parent_id) {
        if (const auto* fault = parent_fault(scope, row, height)) faults.push_back({"parent_id", fault});
    }
    if (changed.account && row.account_id) {
        if (const auto* fault = account_fault(scope, row)) faults.push_back({"account_id", fault});
    }
    if (!faults.empty()) throw Error(std::move(faults));
}

}  // namespace

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::categories_list,
        .id_column = "c.id",
        .id_prefix = CategoryNoun::prefix,
        .sorts = {{"created_at", "c.created_at", "categories_by_created_at"},
                  {"name", "c.name", "categories_by_name"}},
        .filters = {{"name", "c.name"},
                    {.name = "category_type",
                     .column = "c.category_type",
                     .index = {"categories_by_type", "c.created_at"},
                     .choices = {"income", "expense", "other"}},
                    {.name = "is_active",
                     .column = "c.is_active",
                     .type = store::FieldType::flag,
                     .index = {"categories_by_activity", "c.created_at"}},
                    {.name = "parent_id",
                     .column = "c.parent_id",
                     .type = store::FieldType::id,
                     .id_prefix = CategoryNoun::prefix,
                     .index = {"categories_by_parent", "c.created_at"}},
                    {.name = "account_id",
                     .column = "c.account_id",
                     .type = store::FieldType::id,
                     .id_prefix = AccountNoun::prefix,
                     .index = {"categories_by_account", "c.created_at"}},
                    {"created_at", "c.created_at", store::FieldType::timestamp, true}},
        .search_object = "category",
        .has_metadata = false,
    };
    return definition;
}

CategoryRow read(store::Rows& rows) {
    CategoryRow row;
    row.id = rows.id<CategoryNoun>();
    row.name = rows.text();
    row.description = rows.text();
    row.category_type = rows.text();
    row.color = rows.text();
    row.is_active = rows.flag();
    row.parent_id = rows.optional_id<CategoryNoun>();
    row.account_id = rows.optional_id<AccountNoun>();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

std::optional<CategoryRow> get(store::Session& session, std::uint32_t books_id, const CategoryId& id) {
    auto rows = session.query(sql::categories_get, {books_id, id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

std::map<CategoryId, std::vector<CategoryId>> subcategories(store::Session& session, std::uint32_t books_id,
                                                            const std::vector<CategoryId>& ids) {
    std::map<CategoryId, std::vector<CategoryId>> found;
    if (ids.empty()) return found;
    const store::Values before{books_id};
    const store::Values list(ids.begin(), ids.end());
    auto rows = session.query_list(sql::categories_subcategories, before, list);
    while (rows.next()) {
        const auto parent_id = rows.id<CategoryNoun>();
        found[parent_id].push_back(rows.id<CategoryNoun>());
    }
    return found;
}

CategoryRow lock(Scope& scope, const CategoryId& id) {
    auto rows = scope.session.query(sql::categories_lock, {scope.books.books_id, id});
    if (!rows.next()) throw Error(ErrorCode::resource_not_found, "There is no such category.");
    return read(rows);
}

void insert(Scope& scope, CategoryRow& row) {
    refuse_references(scope, row, {}, 0);
    row.created_at = row.updated_at = scope.at;
    scope.session.execute(sql::categories_insert, {scope.books.books_id, row.id, row.name, row.description,
                                                   row.category_type, row.color, row.is_active, row.parent_id,
                                                   row.account_id, row.created_at, row.updated_at});
    search::add(scope.session, scope.books.books_id, search::category, findable(row));
    scope.note("category", to_text(row.id), "category.created");
}

void update(Scope& scope, CategoryRow& row, Changed changed) {
    const bool is_moved = changed.parent && row.parent_id.has_value();
    refuse_references(scope, row, changed, is_moved ? height_below(scope, row.id) : 0);
    row.updated_at = scope.at;
    scope.session.execute(sql::categories_update,
                          {row.name, row.description, row.color, row.is_active, row.parent_id, row.account_id,
                           row.updated_at, scope.books.books_id, row.id});
    search::change(scope.session, scope.books.books_id, search::category, findable(row));
    scope.note("category", to_text(row.id), "category.updated");
}

void remove(Scope& scope, const CategoryId& id) {
    lock(scope, id);
    scope.session.execute(sql::categories_delete, {scope.books.books_id, id});
    search::remove(scope.session, scope.books.books_id, search::category, id.bytes);
    scope.note("category", to_text(id), "category.deleted");
}

std::map<CategoryId, CategoryFacts> hold(store::Session& session, std::uint32_t books_id,
                                         const std::vector<CategoryId>& ids) {
    std::map<CategoryId, CategoryFacts> held;
    if (ids.empty()) return held;
    const store::Values before{books_id};
    const store::Values list(ids.begin(), ids.end());
    auto rows = session.query_list(sql::categories_hold, before, list);
    while (rows.next()) {
        auto& facts = held[rows.id<CategoryNoun>()];
        facts.category_type = rows.text();
        facts.is_active = rows.flag();
        facts.account_id = rows.optional_id<AccountNoun>();
    }
    return held;
}

}  // namespace crane::service::categories
