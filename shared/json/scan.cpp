#include "shared/json/scan.h"

#include <algorithm>

#include "shared/base/error.h"
#include "shared/base/text.h"
#include "shared/json/json.h"

namespace crane::json {
namespace {

[[noreturn]] void refuse(const std::string& what, std::size_t at) {
    throw Error(ErrorCode::invalid_json,
                "The body is not valid JSON: " + what + " at byte " + std::to_string(at) + ".");
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// RFC 8259 section 6; returns the end of the number that begins at `at`.
std::size_t number_end(std::string_view text, std::size_t at) {
    const auto begin = at;
    const auto digits = [&] {
        const auto first = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        if (at == first) refuse("a malformed number", begin);
    };
    if (text[at] == '-') ++at;
    const auto whole = at;
    digits();
    if (text[whole] == '0' && at > whole + 1) refuse("a number with a leading zero", begin);
    if (at < text.size() && text[at] == '.') {
        ++at;
        digits();
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        digits();
    }
    if (at - begin > 64) refuse("a number of more than 64 characters", begin);
    return at;
}

// Returns the position behind the closing quote.
std::size_t string_end(std::string_view text, std::size_t at) {
    const auto begin = at++;
    for (; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c == '"') return at + 1;
        if (c < 0x20) refuse("a control character within a string", at);
        if (c != '\\') continue;
        // An escaped mark would pass for a number; an escaped NUL would cut the text short.
        const auto escape = to_lower_ascii(text.substr(at, 6));
        if (escape == "\\u0000") refuse("a NUL character", at);
        if (escape == "\\u0001") refuse("a control character within a string", at);
        ++at;
    }
    refuse("a string that does not end", begin);
}

}  // namespace

std::string scan(std::string_view text) {
    if (!is_valid_utf8(text)) throw Error(ErrorCode::invalid_json, "The body is not valid UTF-8.");
    std::string result;
    result.reserve(text.size() + text.size() / 8);
    int depth = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        std::size_t end = at + 1;
        if (c == '"') {
            end = string_end(text, at);
        } else if (c == '-' || is_digit(c)) {
            end = number_end(text, at);
            result.append("\"").push_back(number_mark);
            result.append(text.substr(at, end - at)).push_back('"');
            at = end;
            continue;
        } else if (c == '{' || c == '[') {
            if (++depth > most_depth) refuse("more than 32 levels of nesting", at);
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (c == '\0') {
            refuse("a NUL character", at);
        }
        result.append(text.substr(at, end - at));
        at = end;
    }
    return result;
}

}  // namespace crane::json
