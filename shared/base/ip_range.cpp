#include "shared/base/ip_range.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace crane {

std::optional<IpRange> parse_ip_range(std::string_view text) {
    const auto slash = text.find('/');
    const std::string address(text.substr(0, slash));
    IpRange range;
    int most_bits = 128;
    std::array<std::uint8_t, 4> four{};
    if (inet_pton(AF_INET, address.c_str(), four.data()) == 1) {
        most_bits = 32;
        range.address[10] = range.address[11] = 0xff;
        std::copy(four.begin(), four.end(), range.address.begin() + 12);
    } else if (inet_pton(AF_INET6, address.c_str(), range.address.data()) != 1) {
        return std::nullopt;
    }
    if (slash == std::string_view::npos) return range;
    const auto digits = text.substr(slash + 1);
    int bits = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > most_bits) {
        return std::nullopt;
    }
    range.prefix_bits = bits + 128 - most_bits;
    return range;
}

bool contains(const IpRange& range, const IpRange& other) {
    if (other.prefix_bits < range.prefix_bits) return false;
    for (int bit = 0; bit < range.prefix_bits; ++bit) {
        const auto byte = static_cast<std::size_t>(bit / 8);
        const auto difference = static_cast<unsigned>(range.address[byte] ^ other.address[byte]);
        if ((difference >> (7 - bit % 8) & 1U) != 0) return false;
    }
    return true;
}

bool contains(const IpRange& range, std::string_view address) {
    const auto other = parse_ip_range(address);
    return other && other->prefix_bits == 128 && contains(range, *other);
}

}  // namespace crane
