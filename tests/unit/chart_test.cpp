// The charts that an organization starts with.
#include "shared/domain/chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "shared/base/text.h"
#include "shared/domain/settings.h"

namespace crane::domain {
namespace {

constexpr std::string_view role_prefix = "accounts.";

std::string describe(std::string_view name, const ChartAccount& account) {
    return std::string(name) + " " + std::string(account.code) + " " + std::string(account.name);
}

// Every chart but "none".
std::vector<std::string_view> full_charts() {
    std::vector<std::string_view> names(chart_names().begin(), chart_names().end());
    std::erase(names, "none");
    return names;
}

TEST(Chart, KnowsItsNames) {
    for (const auto name : chart_names()) EXPECT_TRUE(has_chart(name)) << name;
    EXPECT_EQ(std::set(chart_names().begin(), chart_names().end()),
              (std::set<std::string_view>{"standard", "none", "services", "retail", "nonprofit", "skr03"}));
    for (const char* name : {"", "Standard", "standard ", "nonesuch"}) {
        EXPECT_FALSE(has_chart(name)) << name;
        EXPECT_TRUE(chart(name).empty()) << name;
    }
    EXPECT_TRUE(chart("none").empty());
}

TEST(Chart, HasAsManyAccountsAsItsKindOfBooksNeeds) {
    EXPECT_EQ(chart("standard").size(), 23U);
    for (const auto name : full_charts()) {
        EXPECT_GE(chart(name).size(), name == "standard" ? 23U : 60U) << name;
    }
}

TEST(Chart, CodesAndNamesAreUniqueAndInOrder) {
    for (const auto name : full_charts()) {
        std::set<std::string_view> names;
        std::string_view last;
        for (const auto& account : chart(name)) {
            EXPECT_TRUE(names.insert(account.name).second) << describe(name, account);
            EXPECT_LT(last, account.code) << describe(name, account);
            last = account.code;
        }
    }
}

TEST(Chart, TextsFitTheirColumns) {
    for (const auto name : full_charts()) {
        for (const auto& account : chart(name)) {
            EXPECT_FALSE(account.code.empty() || account.name.empty() || account.subtype.empty())
                << describe(name, account);
            EXPECT_TRUE(is_valid_utf8(account.name)) << describe(name, account);
            EXPECT_EQ(trim(account.name), account.name) << describe(name, account);
            EXPECT_LE(account.code.size(), 32U) << describe(name, account);
            EXPECT_LE(count_characters(account.name), 255U) << describe(name, account);
            EXPECT_LE(account.subtype.size(), 64U) << describe(name, account);
        }
    }
}

TEST(Chart, TypesAreTheFiveOnes) {
    const std::set<std::string_view> types{"asset", "liability", "equity", "revenue", "expense"};
    for (const auto name : full_charts()) {
        std::set<std::string_view> used;
        for (const auto& account : chart(name)) used.insert(account.type);
        EXPECT_EQ(used, types) << name;
    }
}

TEST(Chart, AParentStandsFurtherUpAndIsOfTheSameType) {
    for (const auto name : full_charts()) {
        std::map<std::string_view, std::string_view> types;
        for (const auto& account : chart(name)) {
            if (!account.parent.empty()) {
                ASSERT_TRUE(types.contains(account.parent)) << describe(name, account);
                EXPECT_EQ(types[account.parent], account.type) << describe(name, account);
            }
            types[account.code] = account.type;
        }
    }
}

TEST(Chart, EveryRoleOfTheSettingsIsPlayedOnceByATypeThatFits) {
    std::set<std::string_view> roles;
    for (const auto& kind : setting_kinds()) {
        if (kind.rule == SettingRule::account) roles.insert(kind.key.substr(role_prefix.size()));
    }
    ASSERT_EQ(roles.size(), 16U);
    for (const auto name : full_charts()) {
        std::map<std::string_view, int> played;
        for (const auto& account : chart(name)) {
            if (account.role.empty()) continue;
            ++played[account.role];
            const auto* const kind = find_setting(std::string(role_prefix) + std::string(account.role));
            ASSERT_NE(kind, nullptr) << describe(name, account);
            EXPECT_NE(std::ranges::find(kind->choices, account.type), kind->choices.end())
                << describe(name, account);
        }
        for (const auto& role : roles) EXPECT_EQ(played[role], 1) << name << " " << role;
        EXPECT_EQ(played.size(), roles.size()) << name;
    }
}

// Numbers of the SKR 03 that every German bookkeeper knows by heart.
TEST(Chart, TheGermanOneHasTheNumbersOfTheFrame) {
    const std::map<std::string_view, std::string_view> known{
        {"1000", "Kasse"},
        {"1200", "Bank"},
        {"1360", "Geldtransit"},
        {"1400", "Forderungen aus Lieferungen und Leistungen"},
        {"1576", "Abziehbare Vorsteuer 19 %"},
        {"1600", "Verbindlichkeiten aus Lieferungen und Leistungen"},
        {"1776", "Umsatzsteuer 19 %"},
        {"3400", "Wareneingang 19 % Vorsteuer"},
        {"4210", "Miete (unbewegliche Wirtschaftsgüter)"},
        {"8300", "Erlöse 7 % USt"},
        {"8400", "Erlöse 19 % USt"},
        {"9000", "Saldenvorträge, Sachkonten"},
    };
    std::map<std::string_view, std::string_view> names;
    for (const auto& account : chart("skr03")) names[account.code] = account.name;
    for (const auto& [code, name] : known) EXPECT_EQ(names[code], name) << code;
}

}  // namespace
}  // namespace crane::domain
