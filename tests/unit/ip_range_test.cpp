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

TEST(IpRange, RefusesWhatIsNone) {
    for (const char* text :
         {"", "1.2.3", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "::1/129", "1.2.3.4/2x", "host"}) {
        EXPECT_FALSE(parse_ip_range(text)) << text;
    }
}

}  // namespace
}  // namespace crane
