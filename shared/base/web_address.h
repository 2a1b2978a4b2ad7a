// Addresses of web servers that a client gives us to call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crane {

struct WebAddress {
    bool is_encrypted = false;  // https, not http
    std::string host;           // lower case; an IPv6 address without its brackets
    bool is_host_an_address = false;
    std::uint16_t port = 0;
};

// A narrow part of RFC 3986, in which no two readers disagree about the host:
// http or https, a host of letters, digits, '-' and '.' (or a dotted IPv4 or
// bracketed IPv6 address), an optional port, path and query in visible ASCII.
// No user, no fragment, no backslash, no other spelling of an IPv4 address.
// nullopt for anything else.
std::optional<WebAddress> parse_web_address(std::string_view text);

// Whether the name or address itself tells that it leads to this machine or a
// private network. A name that does not may still be resolved to such an
// address: whoever connects looks at that again.
bool is_private_host(const WebAddress& address);

}  // namespace crane
