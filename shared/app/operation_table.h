// Every family's operations by name: what a job or a draft names is found here.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "shared/app/operation.h"

namespace crane::app {

class OperationTable {
public:
    struct Entry {
        const Operation* operation = nullptr;
        // What its path names besides the organization: "account_id".
        std::vector<std::string_view> path_parameters;
    };

    // An operation with several routes is the first one's.
    void add(const Family& family);
    // nullptr for a name that there is not. Lives as long as the table.
    const Entry* find(std::string_view name) const;

private:
    std::map<std::string_view, Entry> entries_;
};

}  // namespace crane::app
