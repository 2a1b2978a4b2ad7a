// The charts of accounts that a new organization can start with.
#pragma once

#include <span>
#include <string_view>

namespace crane::domain {

struct ChartAccount {
    std::string_view code;
    std::string_view name;
    std::string_view type;
    std::string_view subtype;
    std::string_view role;  // empty, or what the settings know it as ("receivable")
};

// Empty for "none"; std::nullopt-like (data() == nullptr) for an unknown name:
// ask has_chart() first.
bool has_chart(std::string_view name);
std::span<const ChartAccount> chart(std::string_view name);

}  // namespace crane::domain
