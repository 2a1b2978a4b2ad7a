#include "shared/domain/credit_packages.h"

#include <algorithm>
#include <array>

namespace crane::domain {
namespace {

// A credit is worth a cent.
constexpr std::array<CreditPackage, 3> packages{{
    {"credits_1000", 1'000, {10'00}},
    {"credits_5000", 5'000, {50'00}},
    {"credits_25000", 25'000, {250'00}},
}};

}  // namespace

const Currency& credit_currency() {
    static const Currency currency{"USD", 2};
    return currency;
}

std::span<const CreditPackage> credit_packages() {
    return packages;
}

const CreditPackage* find_credit_package(std::string_view id) {
    const auto* const found = std::ranges::find(packages, id, &CreditPackage::id);
    return found == packages.end() ? nullptr : found;
}

}  // namespace crane::domain
