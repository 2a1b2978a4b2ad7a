#include "shared/base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace crane {

namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// What may follow a first byte: how many bytes, and the range of the second,
// which is where overlong forms and surrogates are told apart (table 3-7 of
// the Unicode standard, the grammar of RFC 3629, section 4).
struct Sequence {
    std::size_t bytes = 0;  // 0: no character begins so
    unsigned char second_least = 0x80;
    unsigned char second_most = 0xBF;
};

Sequence sequence_of(unsigned char first) {
    if (first < 0x80) return {1};
    if (first < 0xC2) return {0};  // a continuation, or an overlong form of ASCII
    if (first < 0xE0) return {2};
    if (first == 0xE0) return {3, 0xA0, 0xBF};  // below: overlong
    if (first == 0xED) return {3, 0x80, 0x9F};  // above: surrogates
    if (first < 0xF0) return {3};
    if (first == 0xF0) return {4, 0x90, 0xBF};  // below: overlong
    if (first < 0xF4) return {4};
    if (first == 0xF4) return {4, 0x80, 0x8F};  // above: beyond U+10FFFF
    return {0};
}

// Most text is ASCII: eight bytes at a time until one is not.
std::size_t leading_ascii_bytes(std::string_view text) {
    std::size_t count = 0;
    for (; count + 8 <= text.size(); count += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + count, sizeof(word));
        if ((word & 0x8080808080808080U) != 0) break;
    }
    while (count < text.size() && static_cast<unsigned char>(text[count]) < 0x80) ++count;
    return count;
}

}  // namespace

std::size_t leading_character_bytes(std::string_view text) {
    if (text.empty()) return 0;
    const Sequence sequence = sequence_of(static_cast<unsigned char>(text[0]));
    if (sequence.bytes < 2) return sequence.bytes;
    if (text.size() < sequence.bytes) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    if (second < sequence.second_least || second > sequence.second_most) return 0;
    const std::string_view others = text.substr(2, sequence.bytes - 2);
    return std::all_of(others.begin(), others.end(), is_continuation) ? sequence.bytes : 0;
}

bool is_valid_utf8(std::string_view text) {
    text.remove_prefix(leading_ascii_bytes(text));
    while (!text.empty()) {
        const std::size_t bytes = leading_character_bytes(text);
        if (bytes == 0) return false;
        text.remove_prefix(bytes);
        text.remove_prefix(leading_ascii_bytes(text));
    }
    return true;
}

std::size_t count_characters(std::string_view utf8) {
    const auto continuations = std::count_if(utf8.begin(), utf8.end(), is_continuation);
    return utf8.size() - static_cast<std::size_t>(continuations);
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string to_lower_ascii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
        pieces.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    pieces.push_back(text);
    return pieces;
}

bool is_token(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
               c == '-';
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

}  // namespace crane
