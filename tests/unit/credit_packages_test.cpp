// The packages in which credits are sold.
#include "shared/domain/credit_packages.h"

#include <gtest/gtest.h>

namespace crane::domain {
namespace {

TEST(CreditPackages, ACreditIsWorthACent) {
    EXPECT_EQ(credit_currency(), (Currency{"USD", 2}));
    for (const auto& package : credit_packages())
        EXPECT_EQ(package.price.minor_units, package.credits) << package.id;
}

TEST(CreditPackages, AreThoseOfTheContract) {
    struct Row {
        const char* id;
        std::int64_t credits;
        const char* price;
    };
    const Row rows[] = {
        {"credits_1000", 1'000, "10.00"},
        {"credits_5000", 5'000, "50.00"},
        {"credits_25000", 25'000, "250.00"},
    };
    EXPECT_EQ(credit_packages().size(), std::size(rows));
    for (const auto& row : rows) {
        const auto* const found = find_credit_package(row.id);
        ASSERT_NE(found, nullptr) << row.id;
        EXPECT_EQ(found->credits, row.credits);
        EXPECT_EQ(format_amount(found->price, credit_currency().decimal_places), row.price);
    }
}

TEST(CreditPackages, NothingElseIsOne) {
    for (const char* id : {"", "credits", "credits_100", "credits_10000", "Credits_1000"})
        EXPECT_EQ(find_credit_package(id), nullptr) << id;
}

}  // namespace
}  // namespace crane::domain
