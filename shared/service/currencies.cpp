#include "shared/service/currencies.h"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "shared/store/queries.h"

namespace crane::service::currencies {

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::currencies_list,
        .id_column = "c.code",
        .id_prefix = "CUR",
        .sorts = {{"code", "c.code", "primary"}, {"name", "c.name", "currencies_name"}},
        .is_default_descending = false,
        .filters = {{"code", "c.code"}, {"is_active", "c.is_active", store::FieldType::flag}},
        .search_columns = {"c.code", "c.name"},
    };
    return definition;
}

CurrencyRow read(store::Rows& rows) {
    CurrencyRow row;
    row.code = rows.text();
    row.name = rows.text();
    row.symbol = rows.text();
    row.decimal_places = rows.small();
    row.is_symbol_first = rows.flag();
    row.is_active = rows.flag();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

std::optional<CurrencyRow> get(store::Session& session, std::string_view code) {
    auto rows = session.query(sql::currencies_get, {shipped_books_id, code});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

std::optional<Currency> find(store::Session& session, std::string_view code) {
    static std::shared_mutex mutex;
    static std::unordered_map<std::string, Currency> kept;
    const std::string key(code);
    {
        const std::shared_lock lock(mutex);
        const auto found = kept.find(key);
        if (found != kept.end()) return found->second;
    }
    const auto row = get(session, code);
    if (!row) return std::nullopt;
    const std::unique_lock lock(mutex);
    return kept[key] = Currency{row->code, row->decimal_places};
}

Currency known(store::Session& session, std::string_view code) {
    auto currency = find(session, code);
    if (!currency) throw std::logic_error("a row names the unknown currency " + std::string(code));
    return *currency;
}

std::string_view code_of(std::string_view currency_id) {
    constexpr std::string_view prefix = "CUR_";
    if (!currency_id.starts_with(prefix)) return {};
    const auto code = currency_id.substr(prefix.size());
    // Exactly: the store takes "USD" and "USD " for the same.
    const bool is_code = code.size() >= 3 && code.size() <= 8 && std::ranges::all_of(code, [](char c) {
                             return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                         });
    return is_code ? code : std::string_view();
}

}  // namespace crane::service::currencies
