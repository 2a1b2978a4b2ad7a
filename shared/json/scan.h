// The pass over a body before cJSON reads it: it refuses what cJSON lets
// through and keeps numbers exact by turning each into a marked string.
#pragma once

#include <string>
#include <string_view>

namespace crane::json {

// Begins a string that was a number. A client cannot send it: a raw control
// character within a string is refused by scan().
constexpr char number_mark = '\x01';

// The text for cJSON. Throws Error{invalid_json}.
std::string scan(std::string_view text);

}  // namespace crane::json
