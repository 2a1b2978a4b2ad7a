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

// A field that a list can be narrowed by: `field=a,b` for any of, and
// `field[gte|gt|lte|lt]=a` where is_range.
struct FilterField {
    const char* name;
    const char* column;
    FieldType type = FieldType::text;
    bool is_range = false;
    std::string_view id_prefix = {};
    const char* closing = "";                    // ends a column that opens a subquery
    std::vector<std::string_view> choices = {};  // the only values that there are
};

// A column by which a list can be sorted; never null.
struct SortField {
    const char* name;
    const char* column;
};

struct ListDefinition {
    Query query;  // "select columns /*from*/ from … where …"
    const char* id_column;
    std::string_view id_prefix;    // empty: cursors are texts
    std::vector<SortField> sorts;  // the first is the default
    bool is_default_descending = true;
    std::vector<FilterField> filters = {};
    std::vector<const char*> search_columns = {};  // for q
    const char* metadata_column = nullptr;
    std::int64_t default_limit = 20;
};

struct Condition {
    std::string column;
    std::string comparison;  // "=", ">=", "in", "like", "metadata"
    std::vector<Value> values;
    const char* closing = "";
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
struct PageQuery {
    std::string text;
    Values values;
    bool is_reversed = false;  // an ending_before page is read backwards
};
PageQuery compose_page(Session& session, const ListDefinition& definition, const ListRequest& request,
                       std::span<const Value> scope);
// For a page without rows, which therefore has no count.
std::int64_t count_matches(Session& session, const ListDefinition& definition, const ListRequest& request,
                           std::span<const Value> scope);

template <typename Item>
Page read_page(Session& session, const ListDefinition& definition, const ListRequest& request,
               std::span<const Value> scope, Item (*read)(Rows&), std::vector<Item>& items) {
    const auto composed = compose_page(session, definition, request, scope);
    std::optional<std::int64_t> count;
    {
        auto rows = session.query_text(composed.text, composed.values);
        while (rows.next()) {
            items.push_back(read(rows));
            if (!count) count = rows.integer();
        }
    }
    if (!count) count = count_matches(session, definition, request, scope);
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
