#include "shared/app/list_parameters.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "shared/base/text.h"
#include "shared/domain/words.h"
#include "shared/service/currencies.h"
#include "shared/store/search.h"

namespace crane::app {
namespace {

constexpr std::array<std::string_view, 6> paging{"limit",         "offset", "starting_after",
                                                 "ending_before", "sort",   "count"};
struct Bound {
    std::string_view suffix;
    const char* comparison;
};
constexpr std::array<Bound, 4> bounds{{{"[gte]", ">="}, {"[gt]", ">"}, {"[lte]", "<="}, {"[lt]", "<"}}};

constexpr std::int64_t most_limit = 100;
constexpr std::int64_t most_offset = 100'000;
constexpr std::size_t most_values = 50;
constexpr std::size_t most_words = 20;

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// The key between the brackets of metadata[key]; empty if it is none.
std::string_view metadata_key(std::string_view name) {
    constexpr std::string_view begin = "metadata[";
    if (!name.starts_with(begin) || !name.ends_with(']')) return {};
    return name.substr(begin.size(), name.size() - begin.size() - 1);
}

// Reads one list's parameters; collects faults.
class ListReader {
public:
    ListReader(const store::ListDefinition& definition, const http::Parameters& query)
        : definition_(definition), query_(query) {
        request_.sort = definition.sorts.front();
        request_.is_descending = definition.is_default_descending;
        request_.limit = definition.default_limit;
    }

    store::ListRequest read() {
        for (const auto& [name, value] : query_) read_one(name, value);
        if (request_.starting_after && request_.ending_before)
            fault("ending_before", "does not go with starting_after");
        if (request_.offset > 0 && (request_.starting_after || request_.ending_before)) {
            fault("offset", "does not go with a cursor");
        }
        if (!faults_.empty()) throw Error(std::move(faults_));
        return std::move(request_);
    }

private:
    void fault(std::string_view field, std::string message) {
        faults_.push_back({std::string(field), std::move(message)});
    }

    void read_one(const std::string& name, const std::string& value) {
        if (name == "limit") {
            const auto number = whole_number(value);
            if (!number || *number < 1 || *number > most_limit)
                return fault(name, "must be a whole number from 1 to 100");
            request_.limit = *number;
        } else if (name == "offset") {
            const auto number = whole_number(value);
            if (number && *number > most_offset) {
                return fault(name, "is beyond 100000; page with starting_after, whose cost does not grow");
            }
            if (!number || *number < 0) return fault(name, "must be a whole number from 0 to 100000");
            request_.offset = *number;
        } else if (name == "starting_after" || name == "ending_before") {
            read_cursor(name, value);
        } else if (name == "sort") {
            read_sort(value);
        } else if (name == "count") {
            if (value != "true" && value != "false") return fault(name, "must be true or false");
            request_.is_count_wanted = value == "true";
        } else if (name == "q") {
            read_search(value);
        } else if (const auto key = metadata_key(name); !key.empty()) {
            read_metadata(key, value);
        } else {
            read_filter(name, value);
        }
    }

    void read_metadata(std::string_view key, const std::string& value) {
        request_.conditions.push_back(
            definition_.search_object.empty()
                ? store::Condition{definition_.metadata_column,
                                   "metadata",
                                   {json_path(key), std::string(value)}}
                : store::search::has_metadata(definition_.search_object, key, value));
    }

    static std::string json_path(std::string_view key) {
        // The key as JSON writes it: that is how the store compares it.
        return "$." + json::Value::string(key).dump();
    }

    void read_cursor(const std::string& name, const std::string& value) {
        const auto id = id_value(definition_.id_prefix, value);
        if (!id) return fault(name, "is not an id of this list");
        (name == "starting_after" ? request_.starting_after : request_.ending_before) = *id;
    }

    void read_sort(std::string_view value) {
        request_.is_descending = value.starts_with('-');
        if (request_.is_descending) value.remove_prefix(1);
        const auto found =
            std::ranges::find_if(definition_.sorts, [&](const auto& sort) { return value == sort.name; });
        if (found == definition_.sorts.end()) {
            std::string names;
            for (const auto& sort : definition_.sorts)
                names += (names.empty() ? "" : ", ") + std::string(sort.name);
            return fault("sort", "must be one of " + names + ", with - before it to descend");
        }
        request_.sort = *found;
    }

    void read_search(const std::string& value) {
        if (value.empty() || count_characters(value) > 100)
            return fault("q", "must have 1 to 100 characters");
        if (!definition_.search_object.empty()) return read_words(value);
        std::string pattern = "%";
        for (const char c : value) {
            if (c == '%' || c == '_' || c == '\\') pattern += '\\';
            pattern += c;
        }
        pattern += '%';
        store::Condition condition{"(", "like", {}};
        for (const auto* column : definition_.search_columns) {
            condition.column += (condition.values.empty() ? "" : " or ") + std::string(column) +
                                " collate utf8mb4_unicode_ci like ?";
            condition.values.emplace_back(std::string(pattern));
        }
        condition.column += ")";
        request_.conditions.push_back(std::move(condition));
    }

    // Every word of the text begins one of the resource.
    void read_words(std::string_view value) {
        const auto words = domain::words_searched(value);
        if (words.size() > most_words) return fault("q", "has more than 20 words");
        if (words.empty()) request_.conditions.push_back({{}, "never", {}});
        for (const auto& word : words)
            request_.conditions.push_back(store::search::has_word(definition_.search_object, word));
    }

    void read_filter(const std::string& parameter, const std::string& value) {
        std::string_view name = parameter;
        const char* comparison = "in";
        for (const auto& bound : bounds) {
            if (!name.ends_with(bound.suffix)) continue;
            name.remove_suffix(bound.suffix.size());
            comparison = bound.comparison;
        }
        const auto field = std::ranges::find_if(definition_.filters,
                                                [&](const auto& filter) { return name == filter.name; });
        if (field == definition_.filters.end()) return;  // the route's own parameter
        store::Condition condition{field->membership == nullptr ? field->column : "",
                                   field->membership == nullptr ? comparison : "member",
                                   {},
                                   field->index,
                                   field->membership};
        const auto parts =
            std::string_view(comparison) == "in" ? split(value, ',') : std::vector<std::string_view>{value};
        if (parts.size() > most_values) return fault(parameter, "has more than 50 values");
        for (const auto part : parts) {
            const auto converted = filter_value(*field, part);
            if (!converted)
                return fault(parameter, "has the value \"" + std::string(part) + "\", which does not fit");
            condition.values.push_back(*converted);
        }
        if (field->membership != nullptr) condition.probe_values = condition.values;
        request_.conditions.push_back(std::move(condition));
    }

    // An id that is no id of this prefix matches nothing, like an absent one.
    static std::optional<store::Value> id_value(std::string_view prefix, std::string_view text) {
        if (prefix.empty()) return store::Value(std::string(text));
        if (prefix == "CUR") {
            const auto code = service::currencies::code_of(text);
            if (code.empty()) return std::nullopt;
            return store::Value(std::string(code));
        }
        if (!text.starts_with(prefix) || text.size() <= prefix.size() || text[prefix.size()] != '_')
            return std::nullopt;
        const auto bytes = decode_base36(text.substr(prefix.size() + 1));
        if (!bytes) return std::nullopt;
        return store::Value(*bytes);
    }

    static std::optional<store::Value> filter_value(const store::FilterField& field, std::string_view text) {
        switch (field.type) {
            case store::FieldType::text:
                if (!field.choices.empty() && std::ranges::find(field.choices, text) == field.choices.end()) {
                    return std::nullopt;
                }
                if (count_characters(text) > 255) return std::nullopt;
                return store::Value(std::string(text));
            case store::FieldType::number: {
                const auto number = whole_number(text);
                if (!number) return std::nullopt;
                return store::Value(*number);
            }
            case store::FieldType::date: {
                const auto date = parse_date(text);
                if (!date) return std::nullopt;
                return store::Value(*date);
            }
            case store::FieldType::timestamp: {
                const auto timestamp = parse_utc_timestamp(text);
                if (!timestamp) return std::nullopt;
                return store::Value(*timestamp);
            }
            case store::FieldType::flag:
                if (text != "true" && text != "false") return std::nullopt;
                return store::Value(text == "true");
            case store::FieldType::id:
                return id_value(field.id_prefix, text);
            case store::FieldType::currency:
                return id_value("CUR", text);
        }
        return std::nullopt;
    }

    const store::ListDefinition& definition_;
    const http::Parameters& query_;
    store::ListRequest request_;
    std::vector<Fault> faults_;
};

}  // namespace

std::vector<std::string> parameter_names(const Route& route) {
    std::vector<std::string> names(route.query.begin(), route.query.end());
    if (route.list == nullptr) return names;
    const auto& definition = route.list();
    names.insert(names.end(), paging.begin(), paging.end());
    for (const auto& filter : definition.filters) {
        // A range takes bounds; a moment or a day is never compared for equality.
        if (!filter.is_range) names.emplace_back(filter.name);
        for (const auto& bound : bounds) {
            if (filter.is_range) names.push_back(std::string(filter.name) + std::string(bound.suffix));
        }
    }
    const bool is_searched = !definition.search_object.empty();
    if (is_searched || !definition.search_columns.empty()) names.emplace_back("q");
    if (is_searched || definition.metadata_column != nullptr) names.emplace_back("metadata[key]");
    return names;
}

void check_parameters(const Route& route, const http::Parameters& query) {
    const auto known = parameter_names(route);
    std::vector<Fault> unknown;
    std::vector<Fault> repeated;
    for (std::size_t i = 0; i < query.size(); ++i) {
        const auto& name = query[i].first;
        const bool is_metadata =
            !metadata_key(name).empty() && std::ranges::find(known, "metadata[key]") != known.end();
        const bool is_listed = name != "metadata[key]" && std::ranges::find(known, name) != known.end();
        if (!is_metadata && !is_listed) unknown.push_back({name, "is not a parameter of this route"});
        for (std::size_t j = 0; j < i; ++j) {
            if (query[j].first == name) repeated.push_back({name, "is given twice"});
        }
        if (query.size() > 100)
            throw Error(ErrorCode::invalid_request, "The query has more than 100 parameters.");
    }
    if (!unknown.empty()) {
        Error error(ErrorCode::unknown_parameter,
                    "The parameter " + unknown.front().field + " is not one of this route.");
        error.faults = std::move(unknown);
        throw error;
    }
    if (!repeated.empty()) throw Error(std::move(repeated));
}

store::ListRequest read_list_request(const store::ListDefinition& definition, const http::Parameters& query) {
    return ListReader(definition, query).read();
}

}  // namespace crane::app
