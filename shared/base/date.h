// Business dates (a day, no zone) and moments (UTC, microseconds).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crane {

// Days since 1970-01-01, proleptic Gregorian. 0001-01-01 to 9999-12-31.
struct Date {
    std::int32_t days = 0;

    auto operator<=>(const Date&) const = default;
};

// Strict "YYYY-MM-DD" (RFC 3339 full-date); 2023-02-30 is nullopt.
std::optional<Date> parse_date(std::string_view text);
std::string format_date(Date date);

Date first_of_month(Date date);
Date last_of_month(Date date);

// Microseconds since the Unix epoch.
struct Timestamp {
    std::int64_t microseconds = 0;

    auto operator<=>(const Timestamp&) const = default;
};

// Strict RFC 3339 date-time; an offset other than Z is converted to UTC.
// Up to 6 decimals of a second; a leap second (:60) is refused.
std::optional<Timestamp> parse_timestamp(std::string_view text);
// The same, and in UTC with "Z": the only form that requests may use.
std::optional<Timestamp> parse_utc_timestamp(std::string_view text);
// "2026-01-31T09:30:00.123456Z", always six decimals.
std::string format_timestamp(Timestamp timestamp);
// As the store writes it: "2026-01-31 09:30:00.123456" (UTC).
std::string format_timestamp_sql(Timestamp timestamp);
std::optional<Timestamp> parse_timestamp_sql(std::string_view text);

Date date_of(Timestamp timestamp);

}  // namespace crane
