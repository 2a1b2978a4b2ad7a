#include "shared/domain/chart.h"

#include <algorithm>
#include <array>

namespace crane::domain {
namespace {

constexpr std::array<std::string_view, 6> names{"standard", "none",      "services",
                                                "retail",   "nonprofit", "skr03"};

}  // namespace

bool has_chart(std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::span<const ChartAccount> chart(std::string_view name) {
    if (name == "standard") return chart_standard();
    if (name == "services") return chart_services();
    if (name == "retail") return chart_retail();
    if (name == "nonprofit") return chart_nonprofit();
    if (name == "skr03") return chart_skr03();
    return {};
}

std::span<const std::string_view> chart_names() {
    return names;
}

}  // namespace crane::domain
