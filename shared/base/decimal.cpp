#include "shared/base/decimal.h"

#include <limits>

namespace crane {

namespace {

constexpr std::int64_t decimal_limit = 1'000'000'000'000'000'000;  // 18 digits

Wide power_of_ten(int exponent) {
    Wide power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

// True if the exact value, `remainder` / `divisor` beyond `quotient` (all not
// negative), belongs to the next integer.
bool rounds_away(Wide quotient, Wide remainder, Wide divisor, Rounding rounding) {
    const Wide missing = divisor - remainder;  // instead of 2 * remainder, which may overflow
    switch (rounding) {
        case Rounding::half_even:
            return remainder > missing || (remainder == missing && quotient % 2 != 0);
        case Rounding::half_up:
            return remainder >= missing;
        case Rounding::down:
            break;
    }
    return false;
}

}  // namespace

// A decimal reads and writes like an amount in a currency of `scale` decimals.
std::optional<Decimal> parse_decimal(std::string_view text, int scale) {
    const auto [value, fault] = parse_amount(text, scale);
    const bool too_long = value.minor_units >= decimal_limit || value.minor_units <= -decimal_limit;
    if (fault != AmountFault::none || too_long) return std::nullopt;
    return Decimal{value.minor_units, scale};
}

std::string format_decimal(const Decimal& value) {
    return format_amount(Money{value.digits}, value.scale);
}

std::optional<Money> convert(Money amount, int from_decimal_places, const Decimal& rate,
                             int to_decimal_places, Rounding rounding) {
    const Wide product = Wide{amount.minor_units} * rate.digits;  // 126 bits at most
    const int surplus_places = from_decimal_places + rate.scale - to_decimal_places;
    if (surplus_places >= 0) return narrow(divide(product, power_of_ten(surplus_places), rounding));
    const Wide factor = power_of_ten(-surplus_places);
    const Wide limit = std::numeric_limits<std::int64_t>::max() / factor;
    if (product > limit || product < -limit) return std::nullopt;
    return narrow(product * factor);
}

Wide divide(Wide dividend, Wide divisor, Rounding rounding) {
    const Wide quotient = dividend / divisor;  // cut toward zero
    const Wide remainder = dividend % divisor;
    const bool negative = dividend < 0;
    const bool away = rounds_away(quotient, negative ? -remainder : remainder, divisor, rounding);
    if (!away) return quotient;
    return negative ? quotient - 1 : quotient + 1;
}

}  // namespace crane
