// Amounts: reading, writing, adding and splitting them, to the last minor unit.
#include "shared/base/money.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace crane {
namespace {

constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

// Amounts of every length: a plain uniform draw has nearly always 19 digits.
std::int64_t random_amount(std::mt19937_64& random) {
    const auto units = static_cast<std::int64_t>(random() >> (1 + random() % 63));
    return random() % 2 == 0 ? units : -units;
}

TEST(Money, ReadsAmountsExactlyOrNamesTheFault) {
    struct Row {
        std::string_view text;
        int decimal_places;
        AmountFault fault;
        std::int64_t minor_units;
    };
    using enum AmountFault;
    const std::vector<Row> rows = {
        {"1250.00", 2, none, 125000},
        {"1250", 2, none, 125000},
        {"1250.5", 2, none, 125050},
        {"1250", 0, none, 1250},
        {"0", 2, none, 0},
        {"0.00", 2, none, 0},
        {"-0", 2, none, 0},
        {"-0.05", 2, none, -5},
        {"-12.34", 2, none, -1234},
        {"007.10", 2, none, 710},
        {"0000000000000000000000000001", 2, none, 100},
        {"0.00000001", 8, none, 1},
        {"21000000.00000000", 8, none, 2'100'000'000'000'000},
        {"9223372036854775807", 0, none, greatest},
        {"-9223372036854775807", 0, none, -greatest},
        {"92233720368547758.07", 2, none, greatest},
        {"-92233720368547758.07", 2, none, -greatest},
        {"9.223372036854775807", 18, none, greatest},

        {"", 2, not_a_number, 0},
        {"-", 2, not_a_number, 0},
        {"--1", 2, not_a_number, 0},
        {"+1", 2, not_a_number, 0},
        {"+-1", 2, not_a_number, 0},
        {".", 2, not_a_number, 0},
        {".5", 2, not_a_number, 0},
        {"-.5", 2, not_a_number, 0},
        {"5.", 2, not_a_number, 0},
        {"5.", 0, not_a_number, 0},
        {"1.2.3", 2, not_a_number, 0},
        {"12,50", 2, not_a_number, 0},
        {"1,250.00", 2, not_a_number, 0},
        {"1e3", 2, not_a_number, 0},
        {"0x10", 2, not_a_number, 0},
        {" 1", 2, not_a_number, 0},
        {"1 ", 2, not_a_number, 0},
        {"1\n", 2, not_a_number, 0},
        {std::string_view("1\0", 2), 2, not_a_number, 0},
        {"NaN", 2, not_a_number, 0},
        {"inf", 2, not_a_number, 0},
        {"1/", 2, not_a_number, 0},
        {"1:", 2, not_a_number, 0},
        {"1.0/", 2, not_a_number, 0},
        {"\xD9\xA1", 2, not_a_number, 0},  // an Arabic-Indic one

        {"1.000", 2, too_many_decimals, 0},
        {"0.001", 2, too_many_decimals, 0},
        {"1.0", 0, too_many_decimals, 0},
        {"0.000000001", 8, too_many_decimals, 0},
        {"-1.234", 2, too_many_decimals, 0},

        {"9223372036854775808", 0, too_large, 0},
        {"-9223372036854775808", 0, too_large, 0},  // it would have no mirror
        {"92233720368547758.08", 2, too_large, 0},
        {"-92233720368547758.08", 2, too_large, 0},
        {"92233720368547759", 2, too_large, 0},
        {"922337203685477581", 1, too_large, 0},
        {"9999999999999999999", 0, too_large, 0},
        {"10000000000000000000", 0, too_large, 0},
        {"18446744073709551617", 0, too_large, 0},  // 2^64 + 1 would wrap to 1
        {"100000000000000000000000000000000000000000", 2, too_large, 0},

        // Several faults: the first in the order of the enum is named.
        {"1.2345x", 2, not_a_number, 0},
        {"99999999999999999999.123", 2, too_many_decimals, 0},
    };
    for (const Row& row : rows) {
        const auto [money, fault] = parse_amount(row.text, row.decimal_places);
        EXPECT_EQ(fault, row.fault) << '"' << row.text << "\" with " << row.decimal_places;
        EXPECT_EQ(money.minor_units, row.minor_units) << '"' << row.text << "\" with " << row.decimal_places;
    }
}

TEST(Money, WritesAllDecimalsOfTheCurrency) {
    struct Row {
        std::int64_t minor_units;
        int decimal_places;
        std::string_view text;
    };
    const std::vector<Row> rows = {
        {125000, 2, "1250.00"},
        {1250, 0, "1250"},
        {0, 0, "0"},
        {0, 2, "0.00"},
        {0, 8, "0.00000000"},
        {5, 2, "0.05"},
        {-5, 2, "-0.05"},
        {-50, 2, "-0.50"},
        {99, 2, "0.99"},
        {100, 2, "1.00"},
        {-100, 2, "-1.00"},
        {-7, 0, "-7"},
        {1, 8, "0.00000001"},
        {123456789, 3, "123456.789"},
        {greatest, 0, "9223372036854775807"},
        {greatest, 2, "92233720368547758.07"},
        {greatest, 8, "92233720368.54775807"},
        {greatest, 18, "9.223372036854775807"},
        {-greatest, 2, "-92233720368547758.07"},
        {least, 0, "-9223372036854775808"},
        {least, 2, "-92233720368547758.08"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(format_amount(Money{row.minor_units}, row.decimal_places), row.text);
        EXPECT_EQ(format_amount(Wide{row.minor_units}, row.decimal_places), row.text);
    }
}

TEST(Money, WritesSumsBeyond64Bits) {
    const Wide two_to_64 = Wide{1} << 64;
    const Wide widest = ((Wide{1} << 126) - 1) * 2 + 1;
    struct Row {
        Wide minor_units;
        int decimal_places;
        std::string_view text;
    };
    const std::vector<Row> rows = {
        {Wide{greatest} + 1, 0, "9223372036854775808"},
        {Wide{least} - 1, 0, "-9223372036854775809"},
        {two_to_64, 2, "184467440737095516.16"},
        {-two_to_64, 8, "-184467440737.09551616"},
        {widest, 2, "1701411834604692317316873037158841057.27"},
        {widest, 0, "170141183460469231731687303715884105727"},
        {-widest - 1, 0, "-170141183460469231731687303715884105728"},
        {-widest - 1, 18, "-170141183460469231731.687303715884105728"},
    };
    for (const Row& row : rows) EXPECT_EQ(format_amount(row.minor_units, row.decimal_places), row.text);
}

TEST(Money, ReadsBackWhatItWrote) {
    std::mt19937_64 random(20260131);
    for (int i = 0; i < 100'000; ++i) {
        const Money money{random_amount(random)};
        const int decimal_places = static_cast<int>(random() % 9);
        const std::string text = format_amount(money, decimal_places);
        const auto [read, fault] = parse_amount(text, decimal_places);
        ASSERT_EQ(fault, AmountFault::none) << text;
        ASSERT_EQ(read, money) << text;
        ASSERT_EQ(format_amount(Wide{money.minor_units}, decimal_places), text);
    }
}

TEST(Money, RefusesDecimalPlacesThatNoCurrencyHas) {
    for (const int decimal_places : {-1, 19, std::numeric_limits<int>::min()}) {
        EXPECT_THROW(parse_amount("1", decimal_places), std::invalid_argument);
        EXPECT_THROW(format_amount(Money{1}, decimal_places), std::invalid_argument);
        EXPECT_THROW(format_amount(Wide{1} << 100, decimal_places), std::invalid_argument);
    }
}

TEST(Money, AddsWithinItsRangeOnly) {
    struct Row {
        std::int64_t left;
        std::int64_t right;
        std::optional<Money> sum;
    };
    const std::vector<Row> rows = {
        {1, 2, Money{3}},
        {-1, 1, Money{0}},
        {greatest, 0, Money{greatest}},
        {greatest - 1, 1, Money{greatest}},
        {greatest, 1, std::nullopt},
        {greatest, greatest, std::nullopt},
        {-greatest, 0, Money{-greatest}},
        {-greatest, -1, std::nullopt},
        {-greatest, -greatest, std::nullopt},
        {least, -1, std::nullopt},
        {least, 1, Money{-greatest}},
        {greatest, -greatest, Money{0}},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(add(Money{row.left}, Money{row.right}), row.sum) << row.left << " + " << row.right;
        EXPECT_EQ(add(Money{row.right}, Money{row.left}), row.sum) << row.right << " + " << row.left;
    }
}

TEST(Money, NarrowsWithinItsRangeOnly) {
    struct Row {
        Wide wide;
        std::optional<Money> narrowed;
    };
    const std::vector<Row> rows = {
        {0, Money{0}},
        {greatest, Money{greatest}},
        {Wide{greatest} + 1, std::nullopt},
        {-greatest, Money{-greatest}},
        {least, std::nullopt},
        {Wide{1} << 64, std::nullopt},
        {(Wide{1} << 64) + 5, std::nullopt},
        {-(Wide{1} << 100), std::nullopt},
    };
    for (const Row& row : rows) EXPECT_EQ(narrow(row.wide), row.narrowed) << format_amount(row.wide, 0);
}

TEST(Money, NegatesAndCompares) {
    EXPECT_EQ(-Money{5}, Money{-5});
    EXPECT_EQ(-Money{greatest}, Money{-greatest});
    EXPECT_LT(Money{-1}, Money{0});
    EXPECT_GT(Money{2}, Money{1});
}

std::vector<std::int64_t> allocated(std::int64_t total, const std::vector<std::int64_t>& weights) {
    std::vector<std::int64_t> units;
    for (const Money part : allocate(Money{total}, weights)) units.push_back(part.minor_units);
    return units;
}

TEST(Money, AllocatesTheLargestRemaindersFirst) {
    struct Row {
        std::int64_t total;
        std::vector<std::int64_t> weights;
        std::vector<std::int64_t> parts;
    };
    const std::vector<Row> rows = {
        {100, {1, 1, 1}, {34, 33, 33}},
        {-100, {1, 1, 1}, {-34, -33, -33}},
        {101, {1, 1, 1}, {34, 34, 33}},
        {10, {1, 2}, {3, 7}},
        {5, {3, 7}, {2, 3}},  // 1.5 and 3.5: the tie goes to the earlier
        {5, {7, 3}, {4, 1}},
        {1, {1, 1}, {1, 0}},
        {-1, {1, 1}, {-1, 0}},
        {1, {1, 2, 1}, {0, 1, 0}},
        {0, {1, 2}, {0, 0}},
        {7, {1}, {7}},
        {-7, {1}, {-7}},
        {10, {0, 1, 0}, {0, 10, 0}},
        {11, {0, 1, 0, 1}, {0, 6, 0, 5}},
        {greatest, {greatest, greatest}, {greatest / 2 + 1, greatest / 2}},
        {-greatest, {1, 1}, {-(greatest / 2) - 1, -(greatest / 2)}},
        {greatest, {greatest}, {greatest}},
        {greatest, {1, greatest}, {1, greatest - 1}},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(allocated(row.total, row.weights), row.parts) << row.total;
    }
}

TEST(Money, AllocationRefusesWeightsWithoutAProportion) {
    const std::vector<std::vector<std::int64_t>> rows = {{}, {0}, {0, 0}, {-1}, {2, -1}, {-1, 1}};
    for (const auto& weights : rows) {
        EXPECT_THROW(allocate(Money{1}, weights), std::invalid_argument);
    }
}

std::vector<std::int64_t> random_weights(std::mt19937_64& random) {
    std::vector<std::int64_t> weights(1 + random() % 20);
    for (auto& weight : weights) weight = static_cast<std::int64_t>(random() >> (1 + random() % 63));
    weights[random() % weights.size()] |= 1;
    return weights;
}

TEST(Money, AllocatedPartsAddUpAndStayWithinAUnitOfTheirShare) {
    std::mt19937_64 random(4711);
    for (int i = 0; i < 20'000; ++i) {
        const std::int64_t total = random_amount(random);
        const auto weights = random_weights(random);
        const auto parts = allocated(total, weights);
        const auto mirrored = allocated(-total, weights);
        const Wide weight_sum = std::accumulate(weights.begin(), weights.end(), Wide{0});
        ASSERT_EQ(parts.size(), weights.size());
        ASSERT_TRUE(std::accumulate(parts.begin(), parts.end(), Wide{0}) == total) << total;
        for (std::size_t p = 0; p < parts.size(); ++p) {
            const Wide distance = Wide{total} * weights[p] - Wide{parts[p]} * weight_sum;
            ASSERT_TRUE(distance < weight_sum && -distance < weight_sum) << total << " part " << p;
            ASSERT_EQ(mirrored[p], -parts[p]) << total << " part " << p;
        }
    }
}

}  // namespace
}  // namespace crane
