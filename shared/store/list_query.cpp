#include "shared/store/list_query.h"

#include <algorithm>

#include "shared/base/error.h"
#include "shared/store/statement_text.h"

namespace crane::store {
namespace {

constexpr std::string_view from_marker = "/*from*/";
constexpr std::string_view index_marker = " /*index*/";

struct Parts {
    std::string_view columns;
    std::string_view from;
};

Parts split_query(const Query& query) {
    const auto at = query.text.find(from_marker);
    if (at == std::string_view::npos) throw std::logic_error("no from marker in " + std::string(query.name));
    return {query.text.substr(0, at), query.text.substr(at + from_marker.size())};
}

// A statement that grows, with the values that it binds.
struct Statement {
    std::string text;
    Values values;

    void bind(std::span<const Value> more) { values.insert(values.end(), more.begin(), more.end()); }
};

// A membership's query with its values: those of the scope's books, then of the condition.
void append_membership(const Query& query, std::span<const Value> scope, const std::vector<Value>& values,
                       Statement& statement) {
    const bool is_list = query.text.find("/*list*/") != std::string_view::npos;
    statement.text += is_list ? repeat_list(query.text, values.size()) : std::string(query.text);
    statement.bind(scope.first(1));
    statement.bind(values);
}

// As a value that is looked up for each row, since the server may turn an exists into a join of any order.
void append_probe(const ListDefinition& definition, const Condition& condition, std::span<const Value> scope,
                  Statement& statement) {
    const auto& membership = *condition.membership;
    statement.text += "(";
    append_membership(membership.probe, scope, condition.probe_values, statement);
    statement.text += " and " + std::string(membership.probe_id) + " = " + definition.id_column;
    statement.text += " limit 1) is not null";
}

// Appends " and …" for each condition but the one that drives.
void append_conditions(const ListDefinition& definition, const ListRequest& request, const Plan& plan,
                       std::span<const Value> scope, Statement& statement) {
    auto& text = statement.text;
    for (const auto& condition : request.conditions) {
        if (&condition == plan.driver) continue;
        text += " and ";
        if (condition.comparison == "member") {
            append_probe(definition, condition, scope, statement);
            continue;
        }
        if (condition.comparison == "in") {
            text += condition.column + " in (";
            for (std::size_t i = 0; i < condition.values.size(); ++i) text += i == 0 ? "?" : ", ?";
            text += ")";
        } else if (condition.comparison == "like") {
            text += condition.column;  // "(name like ? or code like ?)", made from the definition
        } else if (condition.comparison == "metadata") {
            text += "json_unquote(json_extract(" + condition.column + ", ?)) = ?";
        } else if (condition.comparison == "never") {
            text += "1 = 0";
        } else {
            text += condition.column + " " + condition.comparison + " ?";
        }
        statement.bind(condition.values);
    }
}

// The list's "from … where …", with a hint for its table, or behind `members`, a derived table of ids.
void append_list(const ListDefinition& definition, std::string_view hint, std::string_view members,
                 std::span<const Value> scope, Statement& statement) {
    constexpr std::string_view begin = " from ";
    auto from = std::string(split_query(definition.query).from);
    const auto marker = from.find(index_marker);
    if (marker != std::string::npos) {
        from.replace(marker, index_marker.size(), hint);
    } else if (!hint.empty()) {
        throw std::logic_error("no index marker in " + std::string(definition.query.name));
    }
    if (members.empty()) {
        statement.text += from;
    } else {
        statement.text += " " + std::string(members) + " straight_join " + from.substr(begin.size());
        statement.text += std::string(" and ") + definition.id_column + " = " + std::string(members) + ".id";
    }
    statement.bind(scope);
}

// "from … where …" with all conditions. `most_driven` cuts a driver that is read only to be counted.
void append_from(const ListDefinition& definition, const ListRequest& request, const Plan& plan,
                 std::span<const Value> scope, std::string_view most_driven, Statement& statement) {
    if (plan.driver == nullptr) {
        append_list(definition, plan.hint, {}, scope, statement);
    } else {
        statement.text += " from (";
        append_membership(plan.driver->membership->source, scope, plan.driver->values, statement);
        statement.text += std::string(most_driven) + ")";
        append_list(definition, plan.hint, "members", scope, statement);
    }
    append_conditions(definition, request, plan, scope, statement);
}

std::optional<std::string> sort_value_at(Session& session, const ListDefinition& definition,
                                         const ListRequest& request, std::span<const Value> scope,
                                         const Value& cursor) {
    Statement lookup;
    lookup.text = "select " + std::string(request.sort.column);
    append_from(definition, {}, {}, scope, {}, lookup);
    lookup.text += std::string(" and ") + definition.id_column + " = ?";
    lookup.values.push_back(cursor);
    auto rows = session.query_text(lookup.text, lookup.values);
    if (!rows.next()) return std::nullopt;
    return rows.text();
}

// Continues behind the row that the cursor names: the sort column decides,
// the id breaks ties. Written as two ranges of the index, so that however many rows tie, none of them is
// passed over.
void append_cursor(Session& session, const ListDefinition& definition, const ListRequest& request,
                   std::span<const Value> scope, bool is_descending, Statement& statement) {
    const auto& cursor = request.starting_after ? request.starting_after : request.ending_before;
    if (!cursor) return;
    auto sort_value = sort_value_at(session, definition, request, scope, *cursor);
    if (!sort_value) {
        throw faulty_field(request.starting_after ? "starting_after" : "ending_before",
                           "is not an id of this list");
    }
    const std::string column = request.sort.column;
    const std::string id_column = definition.id_column;
    const char* const beyond = is_descending ? " < ?" : " > ?";
    if (column == id_column) {
        statement.text += " and " + id_column + beyond;
        statement.values.push_back(*cursor);
        return;
    }
    statement.text += " and (" + column + beyond + " or (" + column + " = ? and " + id_column + beyond + "))";
    statement.values.emplace_back(std::string(*sort_value));
    statement.values.emplace_back(std::move(*sort_value));
    statement.values.push_back(*cursor);
}

std::string limit_of_count() {
    return " limit " + std::to_string(most_counted + 1);
}

// Counts no further than a page tells, unless the client asks for more.
void append_count(const ListDefinition& definition, const ListRequest& request, const Plan& plan,
                  std::span<const Value> scope, Statement& statement) {
    const auto limit = request.is_count_wanted ? std::string() : limit_of_count();
    statement.text += "select count(*) from (select 1";
    append_from(definition, request, plan, scope, request.conditions.size() == 1 ? limit : "", statement);
    statement.text += limit + ") matches";
}

bool is_one_value(const Condition& condition) {
    return condition.comparison == "in" && condition.values.size() == 1;
}

// By the id alone where all that match have one value of the sort's column: where letters of both cases are
// the same, the server takes them for different ones and would sort.
void append_order(const ListDefinition& definition, const ListRequest& request, bool is_descending,
                  Statement& statement) {
    const std::string direction = is_descending ? " desc" : " asc";
    const std::string_view column = request.sort.column;
    const bool is_one = std::ranges::any_of(request.conditions, [&](const Condition& each) {
        return is_one_value(each) && each.column == column;
    });
    statement.text += " order by ";
    if (!is_one) statement.text += std::string(column) + direction;
    if (!is_one && column != definition.id_column) statement.text += ", ";
    if (is_one || column != definition.id_column) statement.text += definition.id_column + direction;
}

void append_limit(const ListRequest& request, Statement& statement) {
    statement.text += " limit ? offset ?";
    statement.values.emplace_back(request.limit + 1);
    statement.values.emplace_back(request.offset);
}

// The index that has the rows of one of the request's values in the order of its sort; else that of the sort.
const char* walked_index(const ListRequest& request) {
    const std::string_view column = request.sort.column;
    for (const auto& condition : request.conditions) {
        if (is_one_value(condition) && condition.index.name != nullptr && condition.index.column == column)
            return condition.index.name;
    }
    return request.sort.index;
}

// Whether the walked index answers every condition by itself: one value at most, and ranges of what it is
// sorted by.
bool is_answered_in_order(const ListRequest& request) {
    const std::string_view column = request.sort.column;
    std::size_t value_count = 0;
    for (const auto& condition : request.conditions) {
        if (condition.comparison == "never") return true;
        const bool is_of_sort = condition.column == column;
        if (is_of_sort && condition.comparison != "in") continue;
        const bool has_index = condition.index.name != nullptr && condition.index.column == column;
        if (!is_one_value(condition) || (!is_of_sort && !has_index)) return false;
        ++value_count;
    }
    return value_count <= 1;
}

std::string force(const std::string& indexes) {
    return indexes.empty() ? "" : " force index (" + indexes + ")";
}

// The indexes that begin with what is asked for: others would be read from end to end.
std::string indexes_of_conditions(const ListDefinition& definition, const ListRequest& request) {
    std::string names;
    const auto add = [&](const char* name) { names += (names.empty() ? "" : ", ") + std::string(name); };
    for (const auto& condition : request.conditions) {
        if (condition.index.name != nullptr) add(condition.index.name);
        for (const auto& sort : definition.sorts) {
            if (condition.column == sort.column) add(sort.index);
        }
    }
    return names;
}

// The smallest of the memberships, if it is small; the first that is very small saves counting the others.
Plan choose_driver(Session& session, const ListRequest& request, std::span<const Value> scope) {
    constexpr std::int64_t few = 1'000;
    Plan plan;
    std::int64_t least = most_counted + 1;
    for (const auto& condition : request.conditions) {
        if (condition.membership == nullptr) continue;
        Statement statement;
        statement.text = "select count(*) from (";
        append_membership(condition.membership->source, scope, condition.values, statement);
        statement.text += limit_of_count() + ") members";
        auto rows = session.query_text(statement.text, statement.values);
        rows.next();
        const auto count = rows.integer();
        // Alone, and of more than are counted: that is all that there is to know.
        if (count > most_counted && request.conditions.size() == 1 && !request.is_count_wanted)
            plan.count = count;
        if (count >= least) continue;
        least = count;
        plan.driver = &condition;
        if (least <= few) break;
    }
    return plan;
}

}  // namespace

// The server's own choice between "read all that match and sort them" and "walk the order until a page is
// full" rests on estimates, and a wrong one reads the whole list. Here it rests on a count, which a page
// tells anyway.
Plan choose_plan(Session& session, const ListDefinition& definition, const ListRequest& request,
                 std::span<const Value> scope) {
    constexpr std::int64_t first_walk = 1'000;
    Plan plan;
    if (!definition.is_indexed()) return plan;
    if (is_answered_in_order(request)) {
        plan.hint = force(walked_index(request));
        return plan;
    }
    plan = choose_driver(session, request, scope);
    if (plan.driver != nullptr) return plan;
    const auto indexes = indexes_of_conditions(definition, request);
    if (!plan.count) {
        Plan counting{.driver = nullptr, .hint = force(indexes)};
        // Alone, a membership of many is counted where it is kept: to walk the list for it would take long.
        const auto& only = request.conditions.front();
        if (request.conditions.size() == 1 && only.membership != nullptr) counting.driver = &only;
        plan.count = count_matches(session, definition, request, scope, counting);
    }
    if (*plan.count > most_counted) {
        plan.walked = first_walk;
    } else {
        plan = {.driver = nullptr, .hint = force(indexes), .count = plan.count, .are_ids_picked = true};
    }
    return plan;
}

// A longer walk; and where what is asked for lies in a heap far from where the page begins, all of it is
// read. No order of an index would have been of help then.
Plan plan_after_walk(const ListDefinition& definition, const ListRequest& request, const Plan& walk) {
    constexpr std::int64_t last_walk = 20'000;
    if (walk.walked < last_walk)
        return {.driver = nullptr, .hint = {}, .count = walk.count, .walked = last_walk};
    const auto indexes = indexes_of_conditions(definition, request);
    if (!indexes.empty()) {
        return {.driver = nullptr, .hint = force(indexes), .count = walk.count, .are_ids_picked = true};
    }
    return {.driver = &request.conditions.front(), .hint = {}, .count = walk.count};
}

namespace {

// "select … from (some ids) …": all of a plan whose ids come before its rows.
void append_ids_first(const ListDefinition& definition, const ListRequest& request, const Plan& plan,
                      std::span<const Value> scope, const Statement& cursor, bool is_descending,
                      Statement& statement) {
    statement.text += " from (select " + std::string(definition.id_column) + " as id";
    if (plan.walked > 0) {
        append_list(definition, force(walked_index(request)), {}, scope, statement);
    } else {
        append_from(definition, request, plan, scope, {}, statement);
    }
    statement.text += cursor.text;
    statement.bind(cursor.values);
    append_order(definition, request, is_descending, statement);
    if (plan.walked > 0) {
        statement.text += " limit " + std::to_string(plan.walked) + ")";
        append_list(definition, {}, "walked", scope, statement);
        append_conditions(definition, request, plan, scope, statement);
        append_order(definition, request, is_descending, statement);
        append_limit(request, statement);
    } else {
        append_limit(request, statement);
        statement.text += ")";
        append_list(definition, {}, "picked", scope, statement);
        append_order(definition, request, is_descending, statement);
    }
}

}  // namespace

PageQuery compose_page(Session& session, const ListDefinition& definition, const ListRequest& request,
                       std::span<const Value> scope, const Plan& plan) {
    PageQuery composed;
    composed.is_reversed = request.ending_before.has_value();
    const bool is_descending = request.is_descending != composed.is_reversed;
    Statement cursor;
    append_cursor(session, definition, request, scope, is_descending, cursor);
    Statement statement;
    statement.text = split_query(definition.query).columns;
    if (plan.walked > 0 || plan.are_ids_picked) {
        append_ids_first(definition, request, plan, scope, cursor, is_descending, statement);
    } else {
        if (!plan.count) {
            // The number of matches comes as the last column of each row: a page costs one round trip.
            statement.text += ", (";
            append_count(definition, request, plan, scope, statement);
            statement.text += ") ";
        }
        append_from(definition, request, plan, scope, {}, statement);
        statement.text += cursor.text;
        statement.bind(cursor.values);
        append_order(definition, request, is_descending, statement);
        append_limit(request, statement);
    }
    composed.text = std::move(statement.text);
    composed.values = std::move(statement.values);
    return composed;
}

std::int64_t count_matches(Session& session, const ListDefinition& definition, const ListRequest& request,
                           std::span<const Value> scope, const Plan& plan) {
    Statement statement;
    append_count(definition, request, plan, scope, statement);
    auto rows = session.query_text(statement.text, statement.values);
    rows.next();
    return rows.integer();
}

}  // namespace crane::store
