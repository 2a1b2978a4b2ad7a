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
    std::string_view role = {};    // empty, or what the settings know it as ("receivable")
    std::string_view parent = {};  // empty, or the code of one further up in the table, of its type
};

// In the order of their codes, a parent before those below it. Empty for "none"
// and for an unknown name: ask has_chart() first.
bool has_chart(std::string_view name);
std::span<const ChartAccount> chart(std::string_view name);
// Every name that has_chart() knows.
std::span<const std::string_view> chart_names();

// One file each.
std::span<const ChartAccount> chart_nonprofit();
std::span<const ChartAccount> chart_retail();
std::span<const ChartAccount> chart_services();
std::span<const ChartAccount> chart_skr03();
std::span<const ChartAccount> chart_standard();

}  // namespace crane::domain
