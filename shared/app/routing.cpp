#include "shared/app/routing.h"

#include <algorithm>

#include "shared/base/text.h"

namespace crane::app {
namespace {

std::optional<PathParameters> match_pattern(std::string_view pattern, std::string_view path) {
    const auto wanted = split(pattern, '/');
    const auto given = split(path, '/');
    if (wanted.size() != given.size()) return std::nullopt;
    PathParameters parameters;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].starts_with('{')) {
            if (given[i].empty()) return std::nullopt;
            parameters.emplace(wanted[i].substr(1, wanted[i].size() - 2), given[i]);
        } else if (wanted[i] != given[i]) {
            return std::nullopt;
        }
    }
    return parameters;
}

}  // namespace

Match match_route(const Family& family, std::string_view method, std::string_view path) {
    // HEAD is GET without its body (RFC 9110 section 9.3.2); nginx drops it.
    if (method == "HEAD") method = "GET";
    Match match;
    auto fewest = path.size();
    for (const auto& route : family.routes) {
        auto parameters = match_pattern(route.pattern, path);
        if (!parameters) continue;
        const auto count = static_cast<std::size_t>(std::ranges::count(route.pattern, '{'));
        if (count > fewest) continue;
        if (count < fewest) match = {};
        fewest = count;
        match.allowed_methods.push_back(route.method);
        if (route.method != method) continue;
        match.route = &route;
        match.path = std::move(*parameters);
    }
    return match;
}

std::string read_name(const Family& family, const Route& route) {
    std::string last;
    for (const auto part : split(route.pattern, '/')) {
        if (!part.starts_with('{')) last = part;
    }
    std::ranges::replace(last, '-', '_');
    return std::string(family.name) + "." + last;
}

}  // namespace crane::app
