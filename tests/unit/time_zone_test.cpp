#include "shared/base/time_zone.h"

#include <gtest/gtest.h>

namespace crane {
namespace {

struct Case {
    const char* moment;
    const char* zone;
    const char* day;
};

TEST(TimeZone, TellsTheDayOfAMoment) {
    const Case cases[] = {
        {"2026-01-31T23:30:00Z", "UTC", "2026-01-31"},
        {"2026-01-31T23:30:00Z", "Europe/Berlin", "2026-02-01"},
        {"2026-07-31T21:59:59Z", "Europe/Berlin", "2026-07-31"},  // summer time
        {"2026-07-31T22:00:00Z", "Europe/Berlin", "2026-08-01"},
        {"2026-01-01T09:00:00Z", "Pacific/Kiritimati", "2026-01-01"},
        {"2026-01-01T10:00:00Z", "Pacific/Kiritimati", "2026-01-02"},
        {"2026-01-01T04:59:59Z", "America/New_York", "2025-12-31"},
        {"2026-01-01T04:59:59Z", "No/Where", "2026-01-01"},
    };
    for (const auto& [moment, zone, day] : cases) {
        EXPECT_EQ(format_date(date_in_zone(*parse_timestamp(moment), zone)), day) << moment << " " << zone;
    }
}

TEST(TimeZone, KnowsItsNames) {
    EXPECT_TRUE(is_time_zone("Europe/Berlin"));
    EXPECT_TRUE(is_time_zone("UTC"));
    for (const char* name : {"", "Europe", "Europe/Nowhere", "../etc/passwd", "/etc/passwd"}) {
        EXPECT_FALSE(is_time_zone(name)) << name;
    }
}

}  // namespace
}  // namespace crane
