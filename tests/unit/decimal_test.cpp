// Rates, and the one rounding of amount times rate.
#include "shared/base/decimal.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace crane {
namespace {

constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();

TEST(Decimal, ReadsExactlyTheScaleOrNothing) {
    struct Row {
        std::string_view text;
        int scale;
        std::optional<std::int64_t> digits;
    };
    const std::vector<Row> rows = {
        {"1.08", 8, 108'000'000},
        {"1", 8, 100'000'000},
        {"-0.5", 4, -5000},
        {"0", 0, 0},
        {"19.0000", 4, 190'000},
        {"0.00000001", 8, 1},
        {"0.000000000001", 12, 1},
        {"0001.5", 1, 15},
        {"999999999999999999", 0, 999'999'999'999'999'999},
        {"-999999999999999999", 0, -999'999'999'999'999'999},
        {"9999999999.99999999", 8, 999'999'999'999'999'999},
        {"1000000000000000000", 0, std::nullopt},  // 19 digits
        {"-1000000000000000000", 0, std::nullopt},
        {"10000000000", 8, std::nullopt},
        {"99999999999999999999", 0, std::nullopt},
        {"0.000000001", 8, std::nullopt},
        {"1.000000000", 8, std::nullopt},
        {"1.5", 0, std::nullopt},
        {"", 8, std::nullopt},
        {"-", 8, std::nullopt},
        {"+1", 8, std::nullopt},
        {".5", 8, std::nullopt},
        {"1.", 8, std::nullopt},
        {"1e2", 8, std::nullopt},
        {"1,5", 8, std::nullopt},
        {" 1", 8, std::nullopt},
    };
    for (const Row& row : rows) {
        const auto expected = row.digits ? std::optional(Decimal{*row.digits, row.scale}) : std::nullopt;
        EXPECT_EQ(parse_decimal(row.text, row.scale), expected)
            << '"' << row.text << "\" scale " << row.scale;
    }
}

TEST(Decimal, WritesAllDigitsOfTheScale) {
    struct Row {
        Decimal value;
        std::string_view text;
    };
    const std::vector<Row> rows = {
        {{108'000'000, 8}, "1.08000000"}, {{0, 8}, "0.00000000"}, {{-5, 4}, "-0.0005"}, {{15, 0}, "15"},
        {{1, 12}, "0.000000000001"},
    };
    for (const Row& row : rows) EXPECT_EQ(format_decimal(row.value), row.text);
}

TEST(Decimal, ReadsBackWhatItWrote) {
    std::mt19937_64 random(99);
    for (int i = 0; i < 50'000; ++i) {
        const auto magnitude =
            static_cast<std::int64_t>(random() % 1'000'000'000'000'000'000 >> random() % 60);
        const Decimal value{random() % 2 == 0 ? magnitude : -magnitude, static_cast<int>(random() % 13)};
        ASSERT_EQ(parse_decimal(format_decimal(value), value.scale), value) << format_decimal(value);
    }
}

TEST(Decimal, DividesWithTheNamedRounding) {
    struct Row {
        Wide dividend;
        Wide divisor;
        std::int64_t half_even;
        std::int64_t half_up;
        std::int64_t down;
    };
    const std::vector<Row> rows = {
        {0, 10, 0, 0, 0},        {10, 10, 1, 1, 1},   {-10, 10, -1, -1, -1},   {4, 10, 0, 0, 0},
        {-4, 10, 0, 0, 0},       {6, 10, 1, 1, 0},    {-6, 10, -1, -1, 0},     {5, 10, 0, 1, 0},
        {-5, 10, 0, -1, 0},      {15, 10, 2, 2, 1},   {-15, 10, -2, -2, -1},   {25, 10, 2, 3, 2},
        {-25, 10, -2, -3, -2},   {35, 10, 4, 4, 3},   {-35, 10, -4, -4, -3},   {249, 100, 2, 2, 2},
        {250, 100, 2, 3, 2},     {251, 100, 3, 3, 2}, {-249, 100, -2, -2, -2}, {-250, 100, -2, -3, -2},
        {-251, 100, -3, -3, -2}, {1, 3, 0, 0, 0},     {2, 3, 1, 1, 0},         {3, 2, 2, 2, 1},
        {5, 2, 2, 3, 2},         {7, 1, 7, 7, 7},     {-7, 1, -7, -7, -7},
    };
    for (const Row& row : rows) {
        const std::string name = format_amount(row.dividend, 0) + " / " + format_amount(row.divisor, 0);
        EXPECT_EQ(format_amount(divide(row.dividend, row.divisor, Rounding::half_even), 0),
                  std::to_string(row.half_even))
            << name;
        EXPECT_EQ(format_amount(divide(row.dividend, row.divisor, Rounding::half_up), 0),
                  std::to_string(row.half_up))
            << name;
        EXPECT_EQ(format_amount(divide(row.dividend, row.divisor, Rounding::down), 0),
                  std::to_string(row.down))
            << name;
    }
}

TEST(Decimal, DividesAtTheEndsOf128Bits) {
    const Wide widest = ((Wide{1} << 126) - 1) * 2 + 1;
    struct Row {
        Wide dividend;
        Wide divisor;
        Rounding rounding;
        std::string_view quotient;
    };
    using enum Rounding;
    const std::vector<Row> rows = {
        {widest, widest, half_up, "1"},
        {widest - 1, widest, half_up, "1"},
        {widest - 1, widest, half_even, "1"},
        {widest - 1, widest, down, "0"},
        {-widest, widest, half_even, "-1"},
        {widest / 2, widest, half_up, "0"},
        {widest / 2 + 1, widest, half_up, "1"},
        {widest, 1, half_even, "170141183460469231731687303715884105727"},
        {-widest - 1, 1, half_even, "-170141183460469231731687303715884105728"},
        {-widest - 1, 2, half_even, "-85070591730234615865843651857942052864"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(format_amount(divide(row.dividend, row.divisor, row.rounding), 0), row.quotient);
    }
}

TEST(Decimal, ConvertsAndRoundsOnce) {
    struct Row {
        std::int64_t amount;
        int from;
        std::string_view rate;
        int to;
        Rounding rounding;
        std::optional<Money> converted;
    };
    using enum Rounding;
    const std::vector<Row> rows = {
        {10000, 2, "1.08", 2, half_even, Money{10800}},
        {-10000, 2, "1.08", 2, half_even, Money{-10800}},
        {10000, 2, "0", 2, half_even, Money{0}},
        {10000, 2, "-1", 2, half_even, Money{-10000}},
        {10000, 2, "157.25", 0, half_even, Money{15725}},      // 100.00 USD in JPY
        {15725, 0, "0.00635930", 2, half_even, Money{10000}},  // and back: 99.9999925
        {1, 2, "0.5", 2, half_even, Money{0}},
        {1, 2, "0.5", 2, half_up, Money{1}},
        {1, 2, "0.5", 2, down, Money{0}},
        {3, 2, "0.5", 2, half_even, Money{2}},
        {3, 2, "0.5", 2, down, Money{1}},
        {-1, 2, "0.5", 2, half_even, Money{0}},
        {-1, 2, "0.5", 2, half_up, Money{-1}},
        {-3, 2, "0.5", 2, half_even, Money{-2}},
        {1, 2, "0.49999999", 2, half_up, Money{0}},
        {1, 2, "0.50000001", 2, half_even, Money{1}},
        {1, 0, "0.00000001", 8, half_even, Money{1}},
        {100'000'000, 8, "64000.12", 2, half_even, Money{6'400'012}},  // one BTC in USD
        {greatest, 2, "1", 2, half_even, Money{greatest}},
        {-greatest, 2, "1", 2, half_even, Money{-greatest}},
        {greatest, 2, "1.00000001", 2, half_even, std::nullopt},
        {-greatest, 2, "1.00000001", 2, half_even, std::nullopt},
        {greatest, 2, "9999999999", 2, half_even, std::nullopt},
        {greatest, 8, "9999999999.99999999", 0, half_even, std::nullopt},
        {greatest, 8, "9999999.9", 0, half_even, Money{922'337'194'462'105'544}},
    };
    for (const Row& row : rows) {
        const auto rate = parse_decimal(row.rate, exchange_rate_scale);
        ASSERT_TRUE(rate);
        EXPECT_EQ(convert(Money{row.amount}, row.from, *rate, row.to, row.rounding), row.converted)
            << row.amount << " at " << row.rate;
    }
}

// With a rate of few decimals the result needs zeros added, not cut off.
TEST(Decimal, ConvertsToMoreDecimalsThanThereAre) {
    constexpr std::int64_t two_to_60 = std::int64_t{1} << 60;
    struct Row {
        std::int64_t amount;
        Decimal rate;
        std::optional<Money> converted;  // from no decimals to eight
    };
    const std::vector<Row> rows = {
        {7, {3, 0}, Money{2'100'000'000}},
        {-7, {3, 0}, Money{-2'100'000'000}},
        {7, {35, 1}, Money{2'450'000'000}},
        {92'233'720'368, {1, 0}, Money{9'223'372'036'800'000'000}},
        {-92'233'720'368, {1, 0}, Money{-9'223'372'036'800'000'000}},
        {92'233'720'369, {1, 0}, std::nullopt},
        {-92'233'720'369, {1, 0}, std::nullopt},
        // 2^120 times 10^8 is a multiple of 2^128: unchecked, it would be zero.
        {two_to_60, {two_to_60, 0}, std::nullopt},
        {-two_to_60, {two_to_60, 0}, std::nullopt},
        {greatest, {greatest, 0}, std::nullopt},
        {-greatest, {greatest, 0}, std::nullopt},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(convert(Money{row.amount}, 0, row.rate, 8, Rounding::half_even), row.converted)
            << row.amount;
    }
}

TEST(Decimal, ConversionMirrorsAndStaysWithinHalfAUnit) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 50'000; ++i) {
        const Money amount{static_cast<std::int64_t>(random() >> (24 + random() % 40))};
        const Decimal rate{static_cast<std::int64_t>(random() % 100'000'000'000), exchange_rate_scale};
        const auto rounding = random() % 2 == 0 ? Rounding::half_even : Rounding::half_up;
        const auto converted = convert(amount, 2, rate, 2, rounding);
        ASSERT_TRUE(converted);
        const Wide distance =
            Wide{amount.minor_units} * rate.digits - Wide{converted->minor_units} * 100'000'000;
        ASSERT_TRUE(distance <= 50'000'000 && distance >= -50'000'000) << amount.minor_units;
        ASSERT_EQ(convert(-amount, 2, rate, 2, rounding), -*converted) << amount.minor_units;
    }
}

}  // namespace
}  // namespace crane
