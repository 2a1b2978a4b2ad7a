#include "shared/base/web_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "shared/base/public_address.h"
#include "shared/base/text.h"

namespace crane {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && is_letter_or_digit(label.front()) &&
           is_letter_or_digit(label.back()) &&
           std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

bool is_ip(int family, std::string_view text) {
    std::array<std::uint8_t, 16> bytes{};
    return inet_pton(family, std::string(text).c_str(), bytes.data()) == 1;
}

// Digits only, or 0x…: what some readers take for a number of an address.
bool looks_numeric(std::string_view label) {
    return std::ranges::all_of(label, is_digit) || label.starts_with("0x") || label.starts_with("0X");
}

bool is_name(std::string_view host) {
    if (host.size() > 253) return false;
    const auto labels = split(host, '.');
    return std::ranges::all_of(labels, is_label) && !looks_numeric(labels.back());
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0 || !is_digit(text.front()))
        return std::nullopt;
    return port;
}

// The authority less its port.
bool read_host(std::string_view host, WebAddress& address) {
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        address.is_host_an_address = is_ip(AF_INET6, host);
        address.host = to_lower_ascii(host);
        return address.is_host_an_address;
    }
    address.is_host_an_address = is_ip(AF_INET, host);
    address.host = to_lower_ascii(host);
    return address.is_host_an_address || is_name(host);
}

}  // namespace

std::optional<WebAddress> parse_web_address(std::string_view text) {
    WebAddress address;
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return std::nullopt;
    const auto scheme = to_lower_ascii(text.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return std::nullopt;
    address.is_encrypted = scheme == "https";
    address.port = address.is_encrypted ? 443 : 80;
    const bool is_visible = std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < '\x7f' && std::string_view("\"#<>\\^`{|}@").find(c) == std::string_view::npos;
    });
    if (!is_visible) return std::nullopt;
    const auto rest = text.substr(scheme_end + 3);
    auto authority = rest.substr(0, rest.find_first_of("/?"));
    const auto colon = authority.rfind(':');
    if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
        const auto port =
            authority.size() == colon + 1 ? std::nullopt : parse_port(authority.substr(colon + 1));
        if (!port) return std::nullopt;
        address.port = *port;
        authority = authority.substr(0, colon);
    }
    if (!read_host(authority, address)) return std::nullopt;
    return address;
}

bool is_private_host(const WebAddress& address) {
    if (address.is_host_an_address) return !is_public_address(address.host);
    const std::string_view host = address.host;
    constexpr std::array<std::string_view, 5> private_names{"localhost", "local", "internal", "localdomain",
                                                            "home.arpa"};
    return std::ranges::any_of(private_names, [host](std::string_view name) {
        return host == name || host.ends_with("." + std::string(name));
    });
}

}  // namespace crane
