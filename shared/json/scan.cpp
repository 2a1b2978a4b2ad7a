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

bool is_hexadecimal(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// An escape of RFC 8259 section 7 begins at `at`; returns its last character's
// position. An escaped mark would pass for a number, an escaped NUL would cut
// the text short.
std::size_t escape_end(std::string_view text, std::size_t at) {
    constexpr std::string_view single = "\"\\/bfnrt";
    const char kind = at + 1 < text.size() ? text[at + 1] : '\0';
    if (kind != '\0' && single.find(kind) != std::string_view::npos) return at + 1;
    const auto digits = text.substr(std::min(at + 2, text.size()), 4);
    if (kind != 'u' || digits.size() < 4 || !std::ranges::all_of(digits, is_hexadecimal)) {
        refuse("a malformed escape", at);
    }
    if (digits == "0000") refuse("a NUL character", at);
    if (digits == "0001") refuse("a control character within a string", at);
    return at + 5;
}

// Returns the position behind the closing quote.
std::size_t string_end(std::string_view text, std::size_t at) {
    const auto begin = at++;
    for (; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c == '"') return at + 1;
        if (c < 0x20) refuse("a control character within a string", at);
        if (c == '\\') at = escape_end(text, at);
    }
    refuse("a string that does not end", begin);
}

// A number where a name belongs would become a name when it is quoted.
void refuse_number_as_name(std::string_view text, std::size_t end, std::size_t begin) {
    const auto next = text.find_first_not_of(" \t\n\r", end);
    if (next != std::string_view::npos && text[next] == ':') refuse("a name that is not a string", begin);
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
            refuse_number_as_name(text, end, at);
            result.append("\"").push_back(number_mark);
            result.append(text.substr(at, end - at)).push_back('"');
            at = end;
            continue;
        } else if (c == '{' || c == '[') {
            if (++depth > most_depth) refuse("more than 32 levels of nesting", at);
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') {
            refuse("a control character", at);
        }
        result.append(text.substr(at, end - at));
        at = end;
    }
    return result;
}

}  // namespace crane::json
