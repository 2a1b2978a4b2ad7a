// Exact money: a signed count of a currency's minor units, and the text that
// stands for it on the wire. No floating point anywhere.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crane {

// Between two money values: wide enough that no sum of 64-bit amounts that
// a request can hold overflows.
__extension__ using Wide = __int128;

// An ISO 4217 code or an organization's own (3 to 8 of [A-Z0-9]), with the
// number of decimals of its minor unit (0 to 8). A small value, copied freely.
struct Currency {
    std::string code;
    int decimal_places = 2;

    bool operator==(const Currency&) const = default;
};

// Minor units, debit positive and credit negative where a sign has a side.
// The range is symmetric, -(2^63 - 1) to 2^63 - 1, so that every amount has its
// mirror: parse_amount, add and narrow never give INT64_MIN.
struct Money {
    std::int64_t minor_units = 0;

    auto operator<=>(const Money&) const = default;
    Money operator-() const { return {-minor_units}; }
};

enum class AmountFault : std::uint8_t {
    none,
    not_a_number,       // "12,50", "1e3", "", " 1"
    too_many_decimals,  // more than the currency has; refused, never rounded
    too_large,          // beyond the range of Money (19 digits)
};

struct ParsedAmount {
    Money money;
    AmountFault fault = AmountFault::none;
};

// Reads "-?digits[.digits]" exactly. Trailing zeros beyond the currency's
// decimals count as too many decimals ("1.000" is refused for USD).
// Leading zeros are allowed, a leading "+" or "." is not, nor a trailing ".".
// With several faults, the first in the order of AmountFault is named.
ParsedAmount parse_amount(std::string_view text, int decimal_places);

// "1250.00", "-0.05", "1250" for no decimals. Inverse of parse_amount. Both
// throw std::invalid_argument unless decimal_places is 0 to 18.
std::string format_amount(Money money, int decimal_places);
// The same for a wide sum (totals in messages and reports).
std::string format_amount(Wide minor_units, int decimal_places);

// nullopt when the sum leaves the range of Money.
std::optional<Money> add(Money left, Money right);
// nullopt when the wide value leaves the range of Money.
std::optional<Money> narrow(Wide minor_units);

// Splits `total` in proportion to `weights` (not negative, not all zero) so
// that the parts add up to it exactly: largest remainder, the earlier part
// first on a tie. Works for negative totals (mirror of the positive split).
// Throws std::invalid_argument for a negative weight or no positive one.
std::vector<Money> allocate(Money total, std::span<const std::int64_t> weights);

}  // namespace crane
