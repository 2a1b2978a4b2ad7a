// Exact decimal rates: exchange rates (8 decimals), and the one place where
// a product of money and rate is rounded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/base/money.h"

namespace crane {

enum class Rounding : std::uint8_t {
    half_even,  // a tie goes to the even neighbour
    half_up,    // a tie goes away from zero, so that a reversal mirrors
    down,       // toward zero
};

// A decimal with `scale` digits behind the point, kept as an integer.
struct Decimal {
    std::int64_t digits = 0;  // value times 10^scale
    int scale = 0;            // 0 to 12

    bool operator==(const Decimal&) const = default;
};

constexpr int exchange_rate_scale = 8;

// Reads "-?digits[.digits]" with at most `scale` decimals; the result always
// has exactly that scale. nullopt for anything else, or beyond 18 digits.
std::optional<Decimal> parse_decimal(std::string_view text, int scale);

// All `scale` digits: "1.08000000".
std::string format_decimal(const Decimal& value);

// `amount` in a currency of `from_decimal_places`, times `rate`, in a currency
// of `to_decimal_places`, rounded once. nullopt beyond 64 bits.
std::optional<Money> convert(Money amount, int from_decimal_places, const Decimal& rate,
                             int to_decimal_places, Rounding rounding);

// The integer quotient of dividend / divisor (divisor positive), rounded.
Wide divide(Wide dividend, Wide divisor, Rounding rounding);

}  // namespace crane
