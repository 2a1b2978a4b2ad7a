#include "shared/app/operation_table.h"

#include "shared/app/routing.h"
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
        const auto* const operation = route.operation;
        if (operation == nullptr) {
            if (route.credits > 0) costs_.try_emplace(read_name(family, route), Cost{route.credits, {}});
            continue;
        }
        entries_.try_emplace(operation->name, Entry{operation, parameters_of(route.pattern)});
        if (operation->credits > 0 || !operation->credits_text.empty())
            costs_.try_emplace(std::string(operation->name),
                               Cost{operation->credits, operation->credits_text});
    }
}

const OperationTable::Entry* OperationTable::find(std::string_view name) const {
    const auto found = entries_.find(name);
    return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace crane::app
