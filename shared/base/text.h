// Checks on text that comes from outside.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crane {

// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates.
bool is_valid_utf8(std::string_view text);

// Bytes of the well-formed character that `text` begins with; 0 if it begins
// with none (ill-formed, truncated, empty).
std::size_t leading_character_bytes(std::string_view text);

// Characters (code points) of well-formed UTF-8.
std::size_t count_characters(std::string_view utf8);

std::string_view trim(std::string_view text);  // spaces and tabs at both ends
std::string to_lower_ascii(std::string_view text);
// The pieces between separators; always one more than there are separators.
std::vector<std::string_view> split(std::string_view text, char separator);

// True if there is a character and all of them are in [0-9A-Za-z_-].
bool is_token(std::string_view text);

}  // namespace crane
