#include "shared/base/public_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <span>
#include <string>

namespace crane {
namespace {

template <std::size_t Size>
struct Range {
    std::array<std::uint8_t, Size> address;
    std::size_t prefix_bits;
};

constexpr Range<4> special_ipv4[] = {
    {{0, 0, 0, 0}, 8},        // this network, unspecified
    {{10, 0, 0, 0}, 8},       // private
    {{100, 64, 0, 0}, 10},    // carrier-grade NAT
    {{127, 0, 0, 0}, 8},      // loopback
    {{169, 254, 0, 0}, 16},   // link-local, where clouds keep their metadata
    {{172, 16, 0, 0}, 12},    // private
    {{192, 0, 0, 0}, 24},     // protocol assignments
    {{192, 0, 2, 0}, 24},     // documentation
    {{192, 31, 196, 0}, 24},  // AS112
    {{192, 52, 193, 0}, 24},  // AMT
    {{192, 88, 99, 0}, 24},   // 6to4 relays
    {{192, 168, 0, 0}, 16},   // private
    {{192, 175, 48, 0}, 24},  // AS112
    {{198, 18, 0, 0}, 15},    // benchmarking
    {{198, 51, 100, 0}, 24},  // documentation
    {{203, 0, 113, 0}, 24},   // documentation
    {{224, 0, 0, 0}, 4},      // multicast
    {{240, 0, 0, 0}, 4},      // reserved, broadcast
};

constexpr Range<16> global_unicast{{0x20}, 3};
constexpr Range<16> special_ipv6[] = {
    {{0x20, 0x01}, 23},                    // protocol assignments: Teredo, ORCHID, benchmarking
    {{0x20, 0x01, 0x0d, 0xb8}, 32},        // documentation
    {{0x20, 0x02}, 16},                    // 6to4
    {{0x26, 0x20, 0, 0x4f, 0x80, 0}, 48},  // AS112
    {{0x3f, 0xff}, 20},                    // documentation
};

template <std::size_t Size>
bool contains(const Range<Size>& range, const std::array<std::uint8_t, Size>& address) {
    for (std::size_t bit = 0; bit < range.prefix_bits; ++bit) {
        const auto difference = static_cast<unsigned>(range.address[bit / 8] ^ address[bit / 8]);
        if ((difference >> (7 - bit % 8) & 1U) != 0) return false;
    }
    return true;
}

template <std::size_t Size>
bool is_within(std::span<const Range<Size>> ranges, const std::array<std::uint8_t, Size>& address) {
    return std::ranges::any_of(ranges, [&](const auto& range) { return contains(range, address); });
}

}  // namespace

bool is_public_ipv4(const std::array<std::uint8_t, 4>& address) {
    return !is_within<4>(special_ipv4, address);
}

bool is_public_ipv6(const std::array<std::uint8_t, 16>& address) {
    return contains(global_unicast, address) && !is_within<16>(special_ipv6, address);
}

bool is_public_address(std::string_view text) {
    const std::string address(text);
    std::array<std::uint8_t, 4> four{};
    if (inet_pton(AF_INET, address.c_str(), four.data()) == 1) return is_public_ipv4(four);
    std::array<std::uint8_t, 16> six{};
    return inet_pton(AF_INET6, address.c_str(), six.data()) == 1 && is_public_ipv6(six);
}

}  // namespace crane
