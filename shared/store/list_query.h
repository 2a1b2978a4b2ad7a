// Filtered, sorted, paged lists: composed here from declared fields, and
// nowhere else. No text of a client ever becomes part of a statement.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/store/session.h"

namespace crane::store {

enum class FieldType { text, number, date, timestamp, flag, id, currency };

// An index whose entries begin with the scope's columns and one value of a field, and are in the order of
// another column from there on, then of the id.
struct OrderedIndex {
    const char* name = nullptr;
    const char* column = nullptr;
};

// A look into another table, for what a list is narrowed by there. `source` finds its entities by what is
// looked for, "select x.entity_id as id from … where x.books_id = ? and …"; `probe` asks the same of one
// entity.
struct Membership {
    Query source;
    Query probe;
    const char* probe_id;  // the column of `probe` that is the entity
};

// A field that a list can be narrowed by: `field=a,b` for any of, and
// `field[gte|gt|lte|lt]=a` where is_range.
struct FilterField {
    const char* name;
    const char* column;
    FieldType type = FieldType::text;
    bool is_range = false;
    std::string_view id_prefix = {};
    OrderedIndex index = {};
    std::vector<std::string_view> choices = {};  // the only values that there are
    const Membership* membership = nullptr;      // instead of a column
};

// A column by which a list can be sorted; never null. `index` begins with the scope's columns, this one and
// the id.
struct SortField {
    const char* name;
    const char* column;
    const char* index = nullptr;
};

struct ListDefinition {
    // "select columns /*from*/ from … /*index*/ where …". A list that can be long names its indexes, and is
    // answered from them alone. Its scope begins with the set of books.
    Query query;
    const char* id_column;
    std::string_view id_prefix;    // empty: cursors are texts
    std::vector<SortField> sorts;  // the first is the default
    bool is_default_descending = true;
    std::vector<FilterField> filters = {};
    // For q and metadata[key]: the object whose words and metadata service::search keeps, …
    std::string_view search_object = {};
    // … or columns of a list that stays short.
    std::vector<const char*> search_columns = {};
    const char* metadata_column = nullptr;
    std::int64_t default_limit = 20;

    bool is_indexed() const { return sorts.front().index != nullptr; }
};

struct Condition {
    std::string column;
    std::string comparison;  // "=", ">=", "in", "like", "metadata", "member", "never"
    std::vector<Value> values;
    OrderedIndex index = {};
    const Membership* membership = nullptr;
    std::vector<Value> probe_values = {};
};

struct ListRequest {
    std::int64_t limit = 20;
    std::int64_t offset = 0;
    SortField sort{};
    bool is_descending = true;
    bool is_count_wanted = false;
    std::optional<Value> starting_after;  // the id column's value
    std::optional<Value> ending_before;
    std::vector<Condition> conditions;
};

// Calls `read` for each row of the page, in order.
struct Page {
    bool has_more = false;
    std::optional<std::int64_t> total_count;
};

constexpr std::int64_t most_counted = 10'000;

// Throws Error{invalid_request} when a cursor is not of this list. `scope`
// holds the values of the base query's own placeholders.
template <typename Item>
Page read_page(Session& session, const ListDefinition& definition, const ListRequest& request,
               std::span<const Value> scope, Item (*read)(Rows&), std::vector<Item>& items);

// The parts that do not depend on the item's type.

// How a page is read, so that it costs little however long the list is.
struct Plan {
    // Few have it: they are read, and what else is asked for is seen at each. One of the request's
    // conditions.
    const Condition* driver = nullptr;
    // Without a driver: what is said to the server of the list's indexes.
    std::string hint;
    std::optional<std::int64_t> count;  // when the plan had to know it
    // The ids are found and sorted first, from indexes alone where they hold all that is asked; then the
    // page's rows are read.
    bool are_ids_picked = false;
    // Many match: so many entries are walked in the order of the sort, in which the page is probably found.
    // 0: no end.
    std::int64_t walked = 0;
};
// Looks into `request` for as long as the plan is used.
Plan choose_plan(Session& session, const ListDefinition& definition, const ListRequest& request,
                 std::span<const Value> scope);
// Where the entries that were walked did not fill the page.
Plan plan_after_walk(const ListDefinition& definition, const ListRequest& request, const Plan& walk);

struct PageQuery {
    std::string text;
    Values values;
    bool is_reversed = false;  // an ending_before page is read backwards
};
PageQuery compose_page(Session& session, const ListDefinition& definition, const ListRequest& request,
                       std::span<const Value> scope, const Plan& plan);
// For a page without rows, which therefore has no count.
std::int64_t count_matches(Session& session, const ListDefinition& definition, const ListRequest& request,
                           std::span<const Value> scope, const Plan& plan);

template <typename Item>
Page read_page(Session& session, const ListDefinition& definition, const ListRequest& request,
               std::span<const Value> scope, Item (*read)(Rows&), std::vector<Item>& items) {
    auto plan = choose_plan(session, definition, request, scope);
    auto count = plan.count;
    PageQuery composed;
    for (bool is_complete = false; !is_complete;) {
        items.clear();
        composed = compose_page(session, definition, request, scope, plan);
        auto rows = session.query_text(composed.text, composed.values);
        while (rows.next()) {
            items.push_back(read(rows));
            if (!count) count = rows.integer();
        }
        is_complete = plan.walked == 0 || static_cast<std::int64_t>(items.size()) > request.limit;
        if (!is_complete) plan = plan_after_walk(definition, request, plan);
    }
    if (!count) count = count_matches(session, definition, request, scope, plan);
    Page page;
    page.has_more = static_cast<std::int64_t>(items.size()) > request.limit;
    if (page.has_more) items.pop_back();
    if (composed.is_reversed) {
        std::vector<Item> forward;
        forward.reserve(items.size());
        while (!items.empty()) {
            forward.push_back(std::move(items.back()));
            items.pop_back();
        }
        items = std::move(forward);
    }
    if (count <= most_counted || request.is_count_wanted) page.total_count = count;
    return page;
}

}  // namespace crane::store
