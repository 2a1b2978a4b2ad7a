#include "shared/store/statement_text.h"

#include <stdexcept>

namespace crane::store {
namespace {

constexpr std::string_view rows_marker = "/*rows*/ ";
constexpr std::string_view list_marker = "/*list*/ ?";

}  // namespace

std::string repeat_rows(std::string_view text, std::size_t count) {
    const auto marker = text.find(rows_marker);
    if (marker == std::string_view::npos) throw std::logic_error("no rows marker in " + std::string(text));
    const auto begin = marker + rows_marker.size();
    const auto end = text.find(')', begin) + 1;
    const auto row = text.substr(begin, end - begin);
    std::string result(text.substr(0, begin));
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) result += ", ";
        result += row;
    }
    result += text.substr(end);
    return result;
}

std::string repeat_list(std::string_view text, std::size_t count) {
    const auto marker = text.find(list_marker);
    if (marker == std::string_view::npos) throw std::logic_error("no list marker in " + std::string(text));
    std::string result(text.substr(0, marker));
    for (std::size_t i = 0; i < count; ++i) result += i == 0 ? "?" : ", ?";
    result += text.substr(marker + list_marker.size());
    return result;
}

PaddedList pad_list(std::span<const Value> before, std::span<const Value> list,
                    std::span<const Value> after) {
    PaddedList padded;
    while (padded.size < list.size()) padded.size *= 2;
    padded.values.reserve(before.size() + padded.size + after.size());
    padded.values.assign(before.begin(), before.end());
    padded.values.insert(padded.values.end(), list.begin(), list.end());
    padded.values.resize(before.size() + padded.size, list.empty() ? Value(nullptr) : list.back());
    padded.values.insert(padded.values.end(), after.begin(), after.end());
    return padded;
}

}  // namespace crane::store
