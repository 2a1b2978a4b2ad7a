// Which addresses are somebody's out on the internet, and which lead back into
// a network of ours.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace crane {

// False for everything that is not globally reachable unicast: private,
// loopback, link-local, carrier-grade NAT, documentation, benchmarking,
// multicast, reserved and unspecified (the IANA special-purpose registries,
// RFC 6890). Of IPv6 only 2000::/3 is public, less what carries an IPv4 address
// within (6to4, Teredo); IPv4-mapped and NAT64 addresses are not.
bool is_public_ipv4(const std::array<std::uint8_t, 4>& address);
bool is_public_ipv6(const std::array<std::uint8_t, 16>& address);

// The same of an address as text; false for what is no address.
bool is_public_address(std::string_view text);

}  // namespace crane
