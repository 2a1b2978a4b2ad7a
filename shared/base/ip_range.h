// Addresses and ranges of addresses (CIDR, RFC 4632 and RFC 4291).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace crane {

// IPv4 is kept as its mapped IPv6 address, so that both compare alike.
struct IpRange {
    std::array<std::uint8_t, 16> address{};
    int prefix_bits = 128;
};

// "203.0.113.7", "203.0.113.0/24", "2001:db8::/32"; nullopt for anything else.
std::optional<IpRange> parse_ip_range(std::string_view text);

// True if every address of `other` is one of `range`.
bool contains(const IpRange& range, const IpRange& other);
// False if `address` is no address.
bool contains(const IpRange& range, std::string_view address);

}  // namespace crane
