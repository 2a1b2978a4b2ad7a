#include "shared/base/money.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace crane {

namespace {

__extension__ using UnsignedWide = unsigned __int128;

constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();

std::size_t checked_places(int decimal_places) {
    if (decimal_places < 0 || decimal_places > 18) {
        throw std::invalid_argument("An amount has 0 to 18 decimals, not " + std::to_string(decimal_places) +
                                    ".");
    }
    return static_cast<std::size_t>(decimal_places);
}

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// False when `value` would leave the range of Money.
bool append_digits(std::int64_t& value, std::string_view digits) {
    for (const char c : digits) {
        const std::int64_t digit = c - '0';
        if (value > (greatest - digit) / 10) return false;
        value = value * 10 + digit;
    }
    return true;
}

// Writes from the end of a buffer that holds a sign, 39 digits and a point.
template <typename Unsigned>
std::string format(bool negative, Unsigned magnitude, std::size_t places) {
    std::array<char, 48> buffer;
    char* at = buffer.data() + buffer.size();
    for (std::size_t written = 0; written <= places || magnitude != 0; ++written) {
        if (written == places && places != 0) *--at = '.';
        *--at = static_cast<char>('0' + static_cast<int>(magnitude % 10));
        magnitude /= 10;
    }
    if (negative) *--at = '-';
    return {at, buffer.data() + buffer.size()};
}

Wide checked_sum(std::span<const std::int64_t> weights) {
    Wide sum = 0;
    for (const std::int64_t weight : weights) {
        if (weight < 0) throw std::invalid_argument("A weight of an allocation is negative.");
        sum += weight;
    }
    if (sum == 0) throw std::invalid_argument("An allocation needs a positive weight.");
    return sum;
}

}  // namespace

ParsedAmount parse_amount(std::string_view text, int decimal_places) {
    const std::size_t places = checked_places(decimal_places);
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const bool has_point = point != std::string_view::npos;
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = has_point ? text.substr(point + 1) : std::string_view{};
    if (!is_digits(whole) || (has_point && !is_digits(fraction))) return {{}, AmountFault::not_a_number};
    if (fraction.size() > places) return {{}, AmountFault::too_many_decimals};
    constexpr std::string_view zeros = "000000000000000000";
    std::int64_t value = 0;
    if (!append_digits(value, whole) || !append_digits(value, fraction) ||
        !append_digits(value, zeros.substr(0, places - fraction.size()))) {
        return {{}, AmountFault::too_large};
    }
    return {Money{negative ? -value : value}, AmountFault::none};
}

std::string format_amount(Money money, int decimal_places) {
    const auto units = static_cast<std::uint64_t>(money.minor_units);
    const bool negative = money.minor_units < 0;
    return format<std::uint64_t>(negative, negative ? -units : units, checked_places(decimal_places));
}

std::string format_amount(Wide minor_units, int decimal_places) {
    // Nearly every sum fits 64 bits, where a division is several times cheaper.
    if (const auto narrowed = narrow(minor_units)) return format_amount(*narrowed, decimal_places);
    const auto units = static_cast<UnsignedWide>(minor_units);
    const bool negative = minor_units < 0;
    return format<UnsignedWide>(negative, negative ? -units : units, checked_places(decimal_places));
}

std::optional<Money> add(Money left, Money right) {
    return narrow(Wide{left.minor_units} + right.minor_units);
}

std::optional<Money> narrow(Wide minor_units) {
    if (minor_units > greatest || minor_units < -greatest) return std::nullopt;
    return Money{static_cast<std::int64_t>(minor_units)};
}

std::vector<Money> allocate(Money total, std::span<const std::int64_t> weights) {
    const Wide weight_sum = checked_sum(weights);
    const bool negative = total.minor_units < 0;
    const Wide magnitude = negative ? -Wide{total.minor_units} : Wide{total.minor_units};
    std::vector<Money> parts(weights.size());
    std::vector<Wide> remainders(weights.size());
    Wide left_over = magnitude;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Wide share = magnitude * weights[i];  // 126 bits at most
        parts[i].minor_units = static_cast<std::int64_t>(share / weight_sum);
        remainders[i] = share % weight_sum;
        left_over -= parts[i].minor_units;
    }
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    // Fewer units are left over than parts have a remainder, so a part of
    // weight zero stays zero.
    for (std::size_t i = 0; i < static_cast<std::size_t>(left_over); ++i) ++parts[order[i]].minor_units;
    if (negative) std::transform(parts.begin(), parts.end(), parts.begin(), std::negate<>{});
    return parts;
}

}  // namespace crane
