#include "shared/http/message.h"

#include <algorithm>
#include <charconv>

#include "shared/base/text.h"

namespace crane::http {
namespace {

int hexadecimal_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+') {
            result += ' ';
        } else if (text[at] != '%') {
            result += text[at];
        } else {
            if (at + 2 >= text.size()) return std::nullopt;
            const int high = hexadecimal_digit(text[at + 1]);
            const int low = hexadecimal_digit(text[at + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            result += static_cast<char>(high * 16 + low);
            at += 2;
        }
    }
    if (!is_valid_utf8(result) || result.find('\0') != std::string::npos) return std::nullopt;
    return result;
}

}  // namespace

std::optional<Parameters> parse_query(std::string_view query_string) {
    Parameters parameters;
    if (query_string.empty()) return parameters;
    for (const auto part : split(query_string, '&')) {
        if (part.empty()) continue;
        const auto equals = part.find('=');
        auto name = percent_decode(part.substr(0, equals));
        auto value = percent_decode(equals == std::string_view::npos ? "" : part.substr(equals + 1));
        if (!name || !value) return std::nullopt;
        parameters.emplace_back(std::move(*name), std::move(*value));
    }
    return parameters;
}

std::string percent_encode(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_token(std::string_view(&c, 1)) || c == '.' || c == '~') {
            result += c;
        } else {
            result += '%';
            result += digits[byte >> 4U];
            result += digits[byte & 15U];
        }
    }
    return result;
}

Preferences parse_prefer(std::string_view header) {
    Preferences preferences;
    bool is_wait_seen = false;
    for (const auto part : split(header, ',')) {
        const auto preference = to_lower_ascii(trim(part.substr(0, part.find(';'))));
        if (preference == "respond-async") preferences.respond_async = true;
        // Only the first of its name counts (section 2).
        if (!preference.starts_with("wait=") || is_wait_seen) continue;
        is_wait_seen = true;
        int seconds = 0;
        const auto* const end = preference.data() + preference.size();
        const auto [stop, error] = std::from_chars(preference.data() + 5, end, seconds);
        if (error == std::errc() && stop == end && seconds >= 0)
            preferences.wait_seconds = std::min(seconds, 30);
    }
    return preferences;
}

bool lists_entity_tag(std::string_view header, std::string_view quoted_tag) {
    for (const auto part : split(header, ',')) {
        auto tag = trim(part);
        // nginx weakens the tag of a reply that it compresses.
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == "*" || tag == quoted_tag) return true;
    }
    return false;
}

}  // namespace crane::http
