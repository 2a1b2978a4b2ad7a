// Statements whose number of values depends on the call: many rows to insert, a list to look for.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "shared/store/session.h"

namespace crane::store {

// "… values /*rows*/ (?, ?)" with the row `count` times. What follows the row ("on duplicate key update …")
// stays.
std::string repeat_rows(std::string_view text, std::size_t count);
// "… in (/*list*/ ?)" with `count` places.
std::string repeat_list(std::string_view text, std::size_t count);

struct PaddedList {
    Values values;         // before, the list, after
    std::size_t size = 1;  // places of the list
};
// Sizes are rounded up to a power of two by repeating the last element, which changes nothing in an `in`: few
// different statements are prepared.
PaddedList pad_list(std::span<const Value> before, std::span<const Value> list, std::span<const Value> after);

}  // namespace crane::store
