#include "shared/base/ip_range.h"

#include <gtest/gtest.h>

namespace crane {
namespace {

struct Case {
    const char* range;
    const char* address;
    bool is_inside;
};

TEST(IpRange, ContainsItsAddresses) {
    const Case cases[] = {
        {"203.0.113.7", "203.0.113.7", true},         {"203.0.113.7", "203.0.113.8", false},
        {"203.0.113.0/24", "203.0.113.255", true},    {"203.0.113.0/24", "203.0.114.0", false},
        {"203.0.113.128/25", "203.0.113.127", false}, {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "2001:db8::1", false},          {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::1", false},      {"::/0", "203.0.113.7", true},
        {"203.0.113.0/24", "nonsense", false},        {"203.0.113.0/24", "203.0.113.0/24", false},
    };
    for (const auto& [range, address, is_inside] : cases) {
        const auto parsed = parse_ip_range(range);
        ASSERT_TRUE(parsed) << range;
        EXPECT_EQ(contains(*parsed, address), is_inside) << range << " " << address;
    }
}

TEST(IpRange, ContainsNarrowerRanges) {
    const Case cases[] = {
        {"10.0.0.0/8", "10.1.0.0/16", true},
        {"10.0.0.0/8", "10.0.0.0/8", true},
        {"10.0.0.0/8", "10.0.0.0/7", false},
        {"10.0.0.0/8", "11.0.0.0/16", false},
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.1", "10.0.0.0/31", false},
        {"0.0.0.0/0", "10.0.0.0/8", true},
        {"0.0.0.0/0", "::/0", false},
        {"::/0", "10.0.0.0/8", true},
        {"2001:db8::/32", "2001:db8:1::/48", true},
        {"2001:db8::/32", "2001:db8::/31", false},
        {"2001:db8::/32", "2001:db9::/48", false},
        {"::ffff:10.0.0.0/104", "10.2.3.4", true},
        {"10.0.0.0/8", "::ffff:10.2.3.4", true},
    };
    for (const auto& [outer, inner, is_inside] : cases) {
        const auto range = parse_ip_range(inner);
        ASSERT_TRUE(range) << inner;
        EXPECT_EQ(contains(*parse_ip_range(outer), *range), is_inside) << outer << " " << inner;
    }
}

TEST(IpRange, RefusesWhatIsNone) {
    for (const char* text :
         {"", "1.2.3", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "::1/129", "1.2.3.4/2x", "host"}) {
        EXPECT_FALSE(parse_ip_range(text)) << text;
    }
}

}  // namespace
}  // namespace crane
