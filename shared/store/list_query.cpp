#include "shared/store/list_query.h"

#include "shared/base/error.h"

namespace crane::store {
namespace {

constexpr std::string_view from_marker = "/*from*/";

struct Parts {
    std::string_view columns;
    std::string_view from;
};

Parts split_query(const Query& query) {
    const auto at = query.text.find(from_marker);
    if (at == std::string_view::npos) throw std::logic_error("no from marker in " + std::string(query.name));
    return {query.text.substr(0, at), query.text.substr(at + from_marker.size())};
}

// Appends " and …" for each condition, and the values that it binds.
void append_conditions(const ListRequest& request, std::string& text, Values& values) {
    for (const auto& condition : request.conditions) {
        text += " and ";
        if (condition.comparison == "in") {
            text += condition.column + " in (";
            for (std::size_t i = 0; i < condition.values.size(); ++i) text += i == 0 ? "?" : ", ?";
            text += ")";
        } else if (condition.comparison == "like") {
            text += condition.column;  // "(name like ? or code like ?)", made from the definition
        } else if (condition.comparison == "metadata") {
            text += "json_unquote(json_extract(" + condition.column + ", ?)) = ?";
        } else {
            text += condition.column + " " + condition.comparison + " ?";
        }
        text += condition.closing;
        values.insert(values.end(), condition.values.begin(), condition.values.end());
    }
}

// Continues behind the row that the cursor names: the sort column decides,
// the id breaks ties.
void append_cursor(Session& session, const ListDefinition& definition, const ListRequest& request,
                   std::span<const Value> scope, bool is_descending, std::string& text, Values& values) {
    const auto& cursor = request.starting_after ? request.starting_after : request.ending_before;
    if (!cursor) return;
    const auto parts = split_query(definition.query);
    std::string lookup = "select " + std::string(request.sort.column) + " " + std::string(parts.from);
    lookup += std::string(" and ") + definition.id_column + " = ?";
    Values lookup_values(scope.begin(), scope.end());
    lookup_values.push_back(*cursor);
    std::optional<std::string> sort_value;
    {
        auto rows = session.query_text(lookup, lookup_values);
        if (rows.next()) sort_value = rows.text();
    }
    if (!sort_value) {
        throw faulty_field(request.starting_after ? "starting_after" : "ending_before",
                           "is not an id of this list");
    }
    const std::string column = request.sort.column;
    const std::string id_column = definition.id_column;
    const char* const beyond = is_descending ? "<" : ">";
    if (column == id_column) {
        text += " and " + id_column + " " + beyond + " ?";
        values.push_back(*cursor);
        return;
    }
    text += " and " + column + " " + beyond + "= ? and (" + column + " " + beyond + " ? or " + id_column +
            " " + beyond + " ?)";
    values.emplace_back(std::string(*sort_value));
    values.emplace_back(std::move(*sort_value));
    values.push_back(*cursor);
}

}  // namespace

namespace {

// Counts no further than a page tells, unless the client asks for more.
void append_count(const ListDefinition& definition, const ListRequest& request, std::span<const Value> scope,
                  std::string& text, Values& values) {
    text += "select count(*) from (select 1 " + std::string(split_query(definition.query).from);
    values.insert(values.end(), scope.begin(), scope.end());
    append_conditions(request, text, values);
    if (!request.is_count_wanted) text += " limit " + std::to_string(most_counted + 1);
    text += ") matches";
}

}  // namespace

PageQuery compose_page(Session& session, const ListDefinition& definition, const ListRequest& request,
                       std::span<const Value> scope) {
    const auto parts = split_query(definition.query);
    PageQuery composed;
    composed.is_reversed = request.ending_before.has_value();
    const bool is_descending = request.is_descending != composed.is_reversed;
    // The number of matches comes as the last column of each row: a page costs one round trip.
    composed.text = std::string(parts.columns) + ", (";
    append_count(definition, request, scope, composed.text, composed.values);
    composed.text += ") " + std::string(parts.from);
    composed.values.insert(composed.values.end(), scope.begin(), scope.end());
    append_conditions(request, composed.text, composed.values);
    append_cursor(session, definition, request, scope, is_descending, composed.text, composed.values);
    const std::string direction = is_descending ? " desc" : " asc";
    composed.text += " order by " + std::string(request.sort.column) + direction;
    if (std::string_view(request.sort.column) != definition.id_column) {
        composed.text += ", " + std::string(definition.id_column) + direction;
    }
    composed.text += " limit ? offset ?";
    composed.values.emplace_back(request.limit + 1);
    composed.values.emplace_back(request.offset);
    return composed;
}

std::int64_t count_matches(Session& session, const ListDefinition& definition, const ListRequest& request,
                           std::span<const Value> scope) {
    Values values;
    std::string text;
    append_count(definition, request, scope, text, values);
    auto rows = session.query_text(text, values);
    rows.next();
    return rows.integer();
}

}  // namespace crane::store
