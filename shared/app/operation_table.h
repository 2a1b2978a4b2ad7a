// Every family's operations by name: what a job or a draft names is found here, and what each costs.
#pragma once

#include <map>
#include <string>
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

    // What an operation or a read that costs is charged.
    struct Cost {
        std::int64_t credits = 0;
        std::string_view credits_text;  // where it is not a number
    };

    // An operation with several routes is the first one's.
    void add(const Family& family);
    // By name; only what costs.
    const std::map<std::string, Cost, std::less<>>& costs() const { return costs_; }
    // nullptr for a name that there is not. Lives as long as the table.
    const Entry* find(std::string_view name) const;

private:
    std::map<std::string_view, Entry> entries_;
    std::map<std::string, Cost, std::less<>> costs_;
};

}  // namespace crane::app
