#include "shared/base/public_address.h"

#include <gtest/gtest.h>

namespace crane {
namespace {

struct Case {
    const char* address;
    bool is_public;
};

TEST(PublicAddress, KnowsWhereItLeads) {
    const Case cases[] = {
        // Out on the internet, and the neighbours of what is not.
        {"8.8.8.8", true},
        {"1.0.0.0", true},
        {"9.255.255.255", true},
        {"11.0.0.0", true},
        {"100.63.255.255", true},
        {"100.128.0.0", true},
        {"126.255.255.255", true},
        {"128.0.0.0", true},
        {"169.253.255.255", true},
        {"169.255.0.0", true},
        {"172.15.255.255", true},
        {"172.32.0.0", true},
        {"191.255.255.255", true},
        {"192.0.1.0", true},
        {"192.167.255.255", true},
        {"192.169.0.0", true},
        {"198.17.255.255", true},
        {"198.20.0.0", true},
        {"203.0.112.255", true},
        {"203.0.114.0", true},
        {"223.255.255.255", true},
        {"2606:4700:4700::1111", true},
        {"2001:4860:4860::8888", true},
        {"2001:200::1", true},
        {"2a00:1450::1", true},
        {"3ffe:ffff::1", true},
        // This machine, and nowhere.
        {"127.0.0.1", false},
        {"127.255.255.255", false},
        {"0.0.0.0", false},
        {"0.255.255.255", false},
        {"::1", false},
        {"::", false},
        // Private networks.
        {"10.0.0.0", false},
        {"10.255.255.255", false},
        {"172.16.0.0", false},
        {"172.31.255.255", false},
        {"192.168.0.0", false},
        {"192.168.255.255", false},
        {"100.64.0.0", false},
        {"100.127.255.255", false},
        {"fc00::1", false},
        {"fdff:ffff::1", false},
        {"fec0::1", false},
        // Link-local, with the metadata of clouds.
        {"169.254.0.0", false},
        {"169.254.169.254", false},
        {"169.254.255.255", false},
        {"fe80::1", false},
        {"febf::1", false},
        {"fd00:ec2::254", false},
        // Multicast, broadcast, reserved.
        {"224.0.0.1", false},
        {"239.255.255.255", false},
        {"240.0.0.1", false},
        {"255.255.255.255", false},
        {"ff02::1", false},
        {"ff0e::1", false},
        // Documentation, benchmarking, assignments of protocols.
        {"192.0.0.1", false},
        {"192.0.2.1", false},
        {"192.88.99.1", false},
        {"198.18.0.1", false},
        {"198.19.255.255", false},
        {"198.51.100.1", false},
        {"203.0.113.1", false},
        {"2001:db8::1", false},
        {"2001:2::1", false},
        {"2001:20::1", false},
        {"3fff::1", false},
        {"100::1", false},
        {"5f00::1", false},
        // An IPv4 address within an IPv6 one, whichever.
        {"::ffff:127.0.0.1", false},
        {"::ffff:10.0.0.1", false},
        {"::ffff:8.8.8.8", false},
        {"::127.0.0.1", false},
        {"::8.8.8.8", false},
        {"64:ff9b::7f00:1", false},
        {"64:ff9b::808:808", false},
        {"64:ff9b:1::1", false},
        {"2002:7f00:1::1", false},
        {"2002:808:808::1", false},
        {"2001::7f00:1", false},
        // No addresses.
        {"", false},
        {"localhost", false},
        {"127.1", false},
        {"2130706433", false},
        {"0x7f000001", false},
        {"8.8.8.8/32", false},
        {"fe80::1%eth0", false},
    };
    for (const auto& [address, is_public] : cases) {
        EXPECT_EQ(is_public_address(address), is_public) << address;
    }
}

}  // namespace
}  // namespace crane
