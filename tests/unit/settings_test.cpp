// The table of settings, and what a value may be.
#include "shared/domain/settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "shared/domain/chart.h"

namespace crane::domain {
namespace {

TEST(Settings, KeysAreUniqueAndFit) {
    std::set<std::string_view> keys;
    for (const auto& kind : setting_kinds()) {
        EXPECT_TRUE(keys.insert(kind.key).second) << kind.key;
        EXPECT_FALSE(kind.description.empty()) << kind.key;
        EXPECT_LE(kind.key.size(), 40U) << kind.key;  // an event's and a job's column
        EXPECT_EQ(find_setting(kind.key), &kind);
    }
    for (const char* key : {"", "nonesuch", "accounts.", "accounts", "Rounding", "rounding "}) {
        EXPECT_EQ(find_setting(key), nullptr) << key;
    }
}

TEST(Settings, DefaultsAreSoundThemselves) {
    for (const auto& kind : setting_kinds()) {
        if (kind.default_value.empty()) continue;
        EXPECT_EQ(setting_fault(kind, kind.default_value), std::nullopt) << kind.key;
    }
}

TEST(Settings, EveryRoleOfTheChartFitsItsSetting) {
    std::size_t roles = 0;
    for (const auto& account : chart("standard")) {
        if (account.role.empty()) continue;
        const auto* const kind = find_setting("accounts." + std::string(account.role));
        ASSERT_NE(kind, nullptr) << account.role;
        EXPECT_EQ(kind->rule, SettingRule::account);
        EXPECT_NE(std::ranges::find(kind->choices, account.type), kind->choices.end()) << account.role;
        ++roles;
    }
    const auto accounts = std::ranges::count(setting_kinds(), SettingRule::account, &SettingKind::rule);
    EXPECT_EQ(static_cast<std::size_t>(accounts), roles);
}

TEST(Settings, OnlyTheOperatorOpensPrivateTargets) {
    for (const auto& kind : setting_kinds()) {
        EXPECT_EQ(kind.is_operator_only(), kind.key == "webhooks.allow_private_targets") << kind.key;
    }
}

struct Row {
    const char* key;
    std::string value;
    bool is_sound;
};

TEST(Settings, ValuesAreJudged) {
    const Row rows[] = {
        {"invoice_number_prefix", "", true},
        {"invoice_number_prefix", "2026/ÄÖ-", true},
        {"invoice_number_prefix", std::string(16, 'x'), true},
        {"invoice_number_prefix", std::string(17, 'x'), false},
        {"invoice_number_prefix", "a\nb", false},
        {"invoice_number_prefix", std::string("a\0b", 3), false},
        {"invoice_number_width", "1", true},
        {"invoice_number_width", "12", true},
        {"invoice_number_width", "0", false},
        {"invoice_number_width", "13", false},
        {"invoice_number_width", "5.0", false},
        {"invoice_number_width", "5e0", false},
        {"invoice_number_width", "99999999999999999999", false},
        {"payment_terms_days", "0", true},
        {"payment_terms_days", "-1", false},
        {"rounding", "line", true},
        {"rounding", "document", true},
        {"rounding", "", false},
        {"rounding", "Line", false},
        {"pdf.footer", "one\ntwo", true},
        {"pdf.footer", "one\ttwo", false},
        {"pdf.locale", "de", true},
        {"pdf.locale", "en-US", true},
        {"pdf.locale", "zh-Hant-TW", true},
        {"pdf.locale", "es-419", true},
        {"pdf.locale", "fil", true},
        {"pdf.locale", "", false},
        {"pdf.locale", "e", false},
        {"pdf.locale", "en_US", false},
        {"pdf.locale", "EN-us", false},
        {"pdf.locale", "en-", false},
        {"pdf.locale", "en-US-x", false},
        {"pdf.locale", "english", false},
    };
    for (const auto& row : rows) {
        const auto fault = setting_fault(*find_setting(row.key), row.value);
        EXPECT_EQ(!fault.has_value(), row.is_sound)
            << row.key << " " << row.value << " " << fault.value_or("");
    }
}

}  // namespace
}  // namespace crane::domain
