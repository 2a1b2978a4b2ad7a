#include "shared/app/operation_table.h"

#include "shared/base/text.h"

namespace crane::app {
namespace {

std::vector<std::string_view> parameters_of(std::string_view pattern) {
    std::vector<std::string_view> names;
    for (const auto part : split(pattern, '/')) {
        if (!part.starts_with('{')) continue;
        const auto name = part.substr(1, part.size() - 2);
        if (name != "organization_id") names.push_back(name);
    }
    return names;
}

}  // namespace

void OperationTable::add(const Family& family) {
    for (const auto& route : family.routes) {
        if (route.operation == nullptr) continue;
        entries_.try_emplace(route.operation->name, Entry{route.operation, parameters_of(route.pattern)});
    }
}

const OperationTable::Entry* OperationTable::find(std::string_view name) const {
    const auto found = entries_.find(name);
    return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace crane::app
