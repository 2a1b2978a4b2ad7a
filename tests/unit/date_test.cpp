// Days and moments, and the clock that gives them.
#include "shared/base/date.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/clock.h"

namespace crane {
namespace {

constexpr std::int32_t first_day = -719'162;  // 0001-01-01
constexpr std::int32_t last_day = 2'932'896;  // 9999-12-31
constexpr std::int64_t first_moment = first_day * std::int64_t{86'400'000'000};
constexpr std::int64_t last_moment = (last_day + 1) * std::int64_t{86'400'000'000} - 1;

TEST(Date, ReadsRealDaysOnly) {
    struct Row {
        std::string_view text;
        std::optional<Date> date;
    };
    const std::vector<Row> rows = {
        {"1970-01-01", Date{0}},
        {"1969-12-31", Date{-1}},
        {"2000-02-29", Date{11'016}},
        {"2000-03-01", Date{11'017}},
        {"0001-01-01", Date{first_day}},
        {"9999-12-31", Date{last_day}},
        {"2024-02-29", Date{19'782}},

        {"2023-02-29", std::nullopt},
        {"2023-02-30", std::nullopt},
        {"1900-02-29", std::nullopt},  // a century that 400 does not divide
        {"2100-02-29", std::nullopt},
        {"2024-02-30", std::nullopt},
        {"2024-04-31", std::nullopt},
        {"2024-01-32", std::nullopt},
        {"2024-01-00", std::nullopt},
        {"2024-00-01", std::nullopt},
        {"2024-13-01", std::nullopt},
        {"0000-01-01", std::nullopt},
        {"0000-00-00", std::nullopt},

        {"", std::nullopt},
        {"2024", std::nullopt},
        {"2024-01", std::nullopt},
        {"2024-01-", std::nullopt},
        {"2024-01-1", std::nullopt},
        {"2024-1-01", std::nullopt},
        {"24-01-01", std::nullopt},
        {"12024-01-01", std::nullopt},
        {"-024-01-01", std::nullopt},
        {"+024-01-01", std::nullopt},
        {"2024/01/01", std::nullopt},
        {"2024-01/01", std::nullopt},
        {"20240101", std::nullopt},
        {"2024-01-01 ", std::nullopt},
        {" 2024-01-01", std::nullopt},
        {"2024-01-01T00:00:00Z", std::nullopt},
        {"2024-01-0x", std::nullopt},
        {"2024-01-0:", std::nullopt},
        {"2024-01-0/", std::nullopt},
        {"2024- 1-01", std::nullopt},
        {std::string_view("2024-01-01\0", 11), std::nullopt},
    };
    for (const Row& row : rows) EXPECT_EQ(parse_date(row.text), row.date) << '"' << row.text << '"';
}

TEST(Date, EveryDayReadsBackAndTheDaysSortAsTheirTextDoes) {
    std::string before;
    for (std::int32_t day = first_day; day <= last_day; ++day) {
        const std::string text = format_date(Date{day});
        ASSERT_EQ(parse_date(text), Date{day}) << text;
        ASSERT_LT(before, text);
        before = text;
    }
    EXPECT_EQ(before, "9999-12-31");
}

TEST(Date, KnowsTheEndsOfAMonth) {
    struct Row {
        std::string_view day;
        std::string_view first;
        std::string_view last;
    };
    const std::vector<Row> rows = {
        {"2024-02-15", "2024-02-01", "2024-02-29"}, {"2023-02-01", "2023-02-01", "2023-02-28"},
        {"1900-02-28", "1900-02-01", "1900-02-28"}, {"2000-02-29", "2000-02-01", "2000-02-29"},
        {"2026-01-31", "2026-01-01", "2026-01-31"}, {"2026-04-30", "2026-04-01", "2026-04-30"},
        {"0001-01-01", "0001-01-01", "0001-01-31"}, {"9999-12-31", "9999-12-01", "9999-12-31"},
    };
    for (const Row& row : rows) {
        const auto day = parse_date(row.day);
        ASSERT_TRUE(day) << row.day;
        EXPECT_EQ(format_date(first_of_month(*day)), row.first);
        EXPECT_EQ(format_date(last_of_month(*day)), row.last);
    }
}

TEST(Timestamp, ReadsRfc3339AndConvertsToUtc) {
    struct Row {
        std::string_view text;
        std::optional<std::string> utc;
    };
    const std::vector<Row> rows = {
        {"2026-01-31T09:30:00Z", "2026-01-31T09:30:00.000000Z"},
        {"2026-01-31t09:30:00z", "2026-01-31T09:30:00.000000Z"},
        {"2026-01-31T09:30:00.1Z", "2026-01-31T09:30:00.100000Z"},
        {"2026-01-31T09:30:00.120Z", "2026-01-31T09:30:00.120000Z"},
        {"2026-01-31T09:30:00.123456Z", "2026-01-31T09:30:00.123456Z"},
        {"2026-01-31T09:30:00.000001Z", "2026-01-31T09:30:00.000001Z"},
        {"2026-01-31T23:59:59.999999Z", "2026-01-31T23:59:59.999999Z"},
        {"2026-01-31T09:30:00+01:00", "2026-01-31T08:30:00.000000Z"},
        {"2026-01-31T09:30:00-05:30", "2026-01-31T15:00:00.000000Z"},
        {"2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000000Z"},
        {"2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00.000000Z"},
        {"2026-01-31T09:30:00+00:00", "2026-01-31T09:30:00.000000Z"},
        {"2026-01-31T09:30:00-00:00", "2026-01-31T09:30:00.000000Z"},
        {"2026-01-31T09:30:00.5+23:59", "2026-01-30T09:31:00.500000Z"},
        {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"},
        {"0001-01-01T01:00:00+01:00", "0001-01-01T00:00:00.000000Z"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},

        {"0001-01-01T00:59:59.999999+01:00", std::nullopt},  // in the year 0
        {"9999-12-31T23:00:00-01:00", std::nullopt},         // in the year 10000
        {"2026-01-31T09:30:60Z", std::nullopt},
        {"2016-12-31T23:59:60Z", std::nullopt},  // a leap second that there was
        {"2026-01-31T24:00:00Z", std::nullopt},
        {"2026-01-31T09:60:00Z", std::nullopt},
        {"2023-02-30T09:30:00Z", std::nullopt},
        {"0000-01-01T09:30:00Z", std::nullopt},
        {"2026-01-31T09:30:00.1234567Z", std::nullopt},
        {"2026-01-31T09:30:00.Z", std::nullopt},
        {"2026-01-31T09:30:00,5Z", std::nullopt},
        {"2026-01-31T09:30:00", std::nullopt},
        {"2026-01-31T09:30:00.5", std::nullopt},
        {"2026-01-31T09:30Z", std::nullopt},
        {"2026-01-31 09:30:00Z", std::nullopt},
        {"2026-01-31_09:30:00Z", std::nullopt},
        {"2026-01-31T9:30:00Z", std::nullopt},
        {"2026-01-31T09:30:00 Z", std::nullopt},
        {"2026-01-31T09:30:00ZZ", std::nullopt},
        {"2026-01-31T09:30:00Z ", std::nullopt},
        {"2026-01-31T09:30:00+24:00", std::nullopt},
        {"2026-01-31T09:30:00+01:60", std::nullopt},
        {"2026-01-31T09:30:00+0100", std::nullopt},
        {"2026-01-31T09:30:00+01", std::nullopt},
        {"2026-01-31T09:30:00+1:00", std::nullopt},
        {"2026-01-31T09:30:00 01:00", std::nullopt},
        {"2026-01-31T09:30:00+01:00Z", std::nullopt},
        {"2026-01-31T-9:30:00Z", std::nullopt},
        {"2026-01-31", std::nullopt},
        {"1769851800", std::nullopt},
        {"", std::nullopt},
    };
    for (const Row& row : rows) {
        const auto read = parse_timestamp(row.text);
        const auto utc = read ? std::optional(format_timestamp(*read)) : std::nullopt;
        EXPECT_EQ(utc, row.utc) << '"' << row.text << '"';
    }
}

TEST(Timestamp, ReadsWhatTheStoreWrites) {
    struct Row {
        std::string_view text;
        std::optional<Timestamp> timestamp;
    };
    const std::vector<Row> rows = {
        {"1970-01-01 00:00:00", Timestamp{0}},
        {"1970-01-01 00:00:00.000001", Timestamp{1}},
        {"1970-01-02 01:02:03.4", Timestamp{90'123'400'000}},
        {"1969-12-31 23:59:59.999999", Timestamp{-1}},
        {"9999-12-31 23:59:59.999999", Timestamp{last_moment}},
        {"1970-01-01T00:00:00", std::nullopt},
        {"1970-01-01 00:00:00Z", std::nullopt},
        {"1970-01-01 00:00:00.", std::nullopt},
        {"1970-01-01 00:00:00.1234567", std::nullopt},
        {"1970-01-01 00:00", std::nullopt},
        {"1970-01-01 24:00:00", std::nullopt},
        {"1970-01-01", std::nullopt},
        {"0000-00-00 00:00:00", std::nullopt},
        {"", std::nullopt},
    };
    for (const Row& row : rows) EXPECT_EQ(parse_timestamp_sql(row.text), row.timestamp) << row.text;
}

TEST(Timestamp, ReadsBackWhatItWrote) {
    std::mt19937_64 random(3339);
    std::uniform_int_distribution<std::int64_t> moments(first_moment, last_moment);
    std::vector<std::int64_t> rows = {first_moment, last_moment, 0, -1, 1, -86'400'000'000, 86'399'999'999};
    for (int i = 0; i < 100'000; ++i) rows.push_back(moments(random));
    for (const std::int64_t moment : rows) {
        const Timestamp timestamp{moment};
        const std::string text = format_timestamp(timestamp);
        const std::string sql = format_timestamp_sql(timestamp);
        ASSERT_EQ(parse_timestamp(text), timestamp) << text;
        ASSERT_EQ(parse_timestamp_sql(sql), timestamp) << sql;
        ASSERT_EQ(text, sql.substr(0, 10) + 'T' + sql.substr(11) + 'Z');
        ASSERT_EQ(format_date(date_of(timestamp)), text.substr(0, 10));
    }
}

TEST(Timestamp, BelongsToTheDayBelowItEvenBefore1970) {
    struct Row {
        std::int64_t microseconds;
        std::int32_t day;
    };
    const std::vector<Row> rows = {
        {0, 0},   {86'399'999'999, 0},   {86'400'000'000, 1},
        {-1, -1}, {-86'400'000'000, -1}, {-86'400'000'001, -2},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(date_of(Timestamp{row.microseconds}), Date{row.day}) << row.microseconds;
    }
}

TEST(Clock, AnswersTheFixedTimeUntilItIsReset) {
    const Timestamp fixed{1'769'851'800'123'456};
    set_clock_for_tests(fixed);
    EXPECT_EQ(now(), fixed);
    EXPECT_EQ(now(), fixed);
    set_clock_for_tests(Timestamp{});
    EXPECT_NE(now(), fixed);
    EXPECT_GT(format_timestamp(now()), "2025-");
    EXPECT_LT(format_timestamp(now()), "2200-");
}

TEST(Clock, MonotonicTimesAgreeAndDoNotGoBack) {
    const std::int64_t microseconds = monotonic_microseconds();
    const std::int64_t milliseconds = monotonic_milliseconds();
    const std::int64_t later = monotonic_microseconds();
    EXPECT_LE(microseconds / 1000, milliseconds);
    EXPECT_LE(milliseconds, later / 1000);
}

}  // namespace
}  // namespace crane
