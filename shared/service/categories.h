// Categories: what income and expenses are grouped by, in trees of one type.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::categories {

struct CategoryRow {
    CategoryId id;
    std::string name;
    std::string description;    // empty: none
    std::string category_type;  // income, expense, other; stays what it was
    std::string color;          // "#RRGGBB"; empty: none
    bool is_active = true;
    std::optional<CategoryId> parent_id;
    std::optional<AccountId> account_id;
    Timestamp created_at;
    Timestamp updated_at;
};

constexpr int most_levels = 10;  // of one tree

const store::ListDefinition& list_definition();
CategoryRow read(store::Rows& rows);
std::optional<CategoryRow> get(store::Session& session, std::uint32_t books_id, const CategoryId& id);
// The ids right below each of some categories, by name.
std::map<CategoryId, std::vector<CategoryId>> subcategories(store::Session& session, std::uint32_t books_id,
                                                            const std::vector<CategoryId>& ids);

// Held until the session ends. Throws resource_not_found.
CategoryRow lock(Scope& scope, const CategoryId& id);
// What of the references is looked at: those that are new.
struct Changed {
    bool parent = true;
    bool account = true;
};
// Both stamp `row` and note its event; `row` was locked before a change. Throw invalid_request that names
// every fault: a parent that is none, of another type, inactive, the category itself or below it, or too
// deep; an account that is none, inactive or of another kind.
void insert(Scope& scope, CategoryRow& row);
void update(Scope& scope, CategoryRow& row, Changed changed);
// Throws resource_not_found. One that is in use is refused by the store.
void remove(Scope& scope, const CategoryId& id);

// What whoever names a category needs to know of it.
struct CategoryFacts {
    std::string category_type;
    bool is_active = true;
    std::optional<AccountId> account_id;
};
// Those of some categories that there are, held until the session ends, so that none is deleted before it is
// named. One query, or none for no ids.
std::map<CategoryId, CategoryFacts> hold(store::Session& session, std::uint32_t books_id,
                                         const std::vector<CategoryId>& ids);

}  // namespace crane::service::categories
