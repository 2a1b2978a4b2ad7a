// What credits cost, and in which packages they are sold.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "shared/base/money.h"

namespace crane::domain {

struct CreditPackage {
    std::string_view id;
    std::int64_t credits = 0;
    Money price;  // in credit_currency()
};

const Currency& credit_currency();
// The smallest first. Lives as long as the program.
std::span<const CreditPackage> credit_packages();
// nullptr when there is none.
const CreditPackage* find_credit_package(std::string_view id);

}  // namespace crane::domain
