// The charts that an organization starts with.
#include "shared/domain/chart.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string_view>

namespace crane::domain {
namespace {

// The roles of the settings "accounts.<role>", as the API's contract lists them.
const std::set<std::string_view> roles{
    "receivable",
    "payable",
    "bank",
    "cash",
    "tax_payable",
    "tax_receivable",
    "retained_earnings",
    "opening_balances",
    "sales",
    "cost_of_sales",
    "fx_gain",
    "fx_loss",
    "rounding",
    "transit",
    "customer_credit",
    "vendor_credit",
};

TEST(Chart, KnowsItsNames) {
    EXPECT_TRUE(has_chart("standard"));
    EXPECT_TRUE(has_chart("none"));
    for (const char* name : {"", "Standard", "standard ", "nonesuch"}) {
        EXPECT_FALSE(has_chart(name)) << name;
        EXPECT_TRUE(chart(name).empty()) << name;
    }
    EXPECT_TRUE(chart("none").empty());
    EXPECT_FALSE(chart("standard").empty());
}

TEST(Chart, CodesAndNamesAreUniqueAndInOrder) {
    std::set<std::string_view> codes;
    std::set<std::string_view> names;
    std::string_view last;
    for (const auto& account : chart("standard")) {
        EXPECT_TRUE(codes.insert(account.code).second) << account.code;
        EXPECT_TRUE(names.insert(account.name).second) << account.name;
        EXPECT_LT(last, account.code);
        EXPECT_FALSE(account.name.empty());
        EXPECT_FALSE(account.subtype.empty()) << account.code;
        EXPECT_LE(account.code.size(), 32U);  // as wide as the column
        last = account.code;
    }
}

TEST(Chart, TypesAreTheFiveOnes) {
    const std::set<std::string_view> types{"asset", "liability", "equity", "revenue", "expense"};
    std::set<std::string_view> used;
    for (const auto& account : chart("standard")) {
        EXPECT_TRUE(types.contains(account.type)) << account.code << " " << account.type;
        used.insert(account.type);
    }
    EXPECT_EQ(used, types);
}

TEST(Chart, EveryRoleIsPlayedOnce) {
    std::map<std::string_view, int> played;
    for (const auto& account : chart("standard")) {
        if (!account.role.empty()) ++played[account.role];
    }
    for (const auto& role : roles) EXPECT_EQ(played[role], 1) << role;
    EXPECT_EQ(played.size(), roles.size());
}

TEST(Chart, ARoleHasTheTypeThatItsPostingsNeed) {
    struct Row {
        std::string_view role;
        std::string_view type;
    };
    const Row rows[] = {
        {"receivable", "asset"},
        {"bank", "asset"},
        {"cash", "asset"},
        {"tax_receivable", "asset"},
        {"vendor_credit", "asset"},
        {"transit", "asset"},
        {"payable", "liability"},
        {"tax_payable", "liability"},
        {"customer_credit", "liability"},
        {"retained_earnings", "equity"},
        {"opening_balances", "equity"},
        {"sales", "revenue"},
        {"fx_gain", "revenue"},
        {"cost_of_sales", "expense"},
        {"fx_loss", "expense"},
        {"rounding", "expense"},
    };
    std::map<std::string_view, std::string_view> types;
    for (const auto& account : chart("standard")) types[account.role] = account.type;
    for (const auto& [role, type] : rows) EXPECT_EQ(types[role], type) << role;
}

}  // namespace
}  // namespace crane::domain
