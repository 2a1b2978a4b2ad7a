// Currencies by code, with their decimals.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/base/money.h"
#include "shared/store/list_query.h"

namespace crane::service::currencies {

struct CurrencyRow {
    std::string code;
    std::string name;
    std::string symbol;
    int decimal_places = 2;
    bool is_symbol_first = true;
    bool is_active = true;
    Timestamp created_at;
    Timestamp updated_at;
};

constexpr std::uint32_t shipped_books_id = 0;  // ISO 4217

const store::ListDefinition& list_definition();
CurrencyRow read(store::Rows& rows);
std::optional<CurrencyRow> get(store::Session& session, std::string_view code);

// Kept in memory by the process after the first look: the decimals of a
// currency never change. Any thread.
std::optional<Currency> find(store::Session& session, std::string_view code);
// The same for a code that a row holds; throws std::logic_error if it is unknown.
Currency known(store::Session& session, std::string_view code);

// "CUR_EUR" → "EUR"; empty for anything else.
std::string_view code_of(std::string_view currency_id);

}  // namespace crane::service::currencies
