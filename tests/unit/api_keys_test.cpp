// Secrets and permissions.
#include "shared/service/api_keys.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/text.h"

namespace crane::service::api_keys {
namespace {

constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

TEST(Secrets, HaveTheirShape) {
    struct Row {
        const char* mode;
        const char* prefix;
    };
    const Row rows[] = {{"live", "cl_live_"}, {"test", "cl_test_"}, {"operator", "cl_oper_"}};
    for (const auto& [mode, prefix] : rows) {
        const auto secret = make_secret(mode);
        EXPECT_TRUE(secret.starts_with(prefix)) << mode;
        EXPECT_EQ(secret.size(), 40U) << mode;
        EXPECT_EQ(secret.find_first_not_of(base62, 8), std::string::npos) << mode;
        EXPECT_TRUE(is_well_formed(secret)) << mode;
    }
}

TEST(ApiKeyRow, HasAStatusAsOfAMoment) {
    constexpr Timestamp before{99};
    constexpr Timestamp at{100};
    constexpr Timestamp after{101};
    struct Row {
        const char* stored;
        std::optional<Timestamp> expires_at;
        std::optional<Timestamp> previous_secret_expires_at;
        const char* status;
    };
    const Row rows[] = {
        {"active", {}, {}, "active"},      {"active", after, {}, "active"},
        {"active", at, {}, "expired"},     {"active", before, {}, "expired"},
        {"active", {}, after, "rotating"}, {"active", {}, at, "active"},
        {"active", {}, before, "active"},  {"active", after, after, "rotating"},
        {"active", at, after, "expired"},  {"revoked", {}, {}, "revoked"},
        {"revoked", {}, after, "revoked"}, {"revoked", before, after, "revoked"},
    };
    for (const auto& [stored, expires_at, previous, status] : rows) {
        ApiKeyRow key;
        key.status = stored;
        key.expires_at = expires_at;
        key.previous_secret_expires_at = previous;
        EXPECT_EQ(key.status_at(at), status) << stored;
    }
}

TEST(Secrets, AreNeverTheSame) {
    std::set<std::string> secrets;
    for (int i = 0; i < 10000; ++i) secrets.insert(make_secret("live"));
    EXPECT_EQ(secrets.size(), 10000U);
}

TEST(Secrets, AnySingleChangedCharacterIsNoticed) {
    for (const char* mode : {"live", "test", "operator"}) {
        const auto secret = make_secret(mode);
        for (std::size_t at = 0; at < secret.size(); ++at) {
            for (int code = 1; code < 256; ++code) {
                auto changed = secret;
                changed[at] = static_cast<char>(code);
                ASSERT_EQ(is_well_formed(changed), changed == secret) << at << " " << code;
            }
        }
    }
}

TEST(Secrets, OtherMistakesAreNoticed) {
    const auto secret = make_secret("live");
    const auto begin = secret.substr(0, 8);
    std::vector<std::string> mistyped = {
        "",
        "cl_live_",
        secret.substr(1),
        secret.substr(0, 39),
        secret + "0",
        " " + secret,
        secret + " ",
        secret + "\n",
        "Bearer " + secret,
        "cl_prod_" + secret.substr(8),
        "cl_test_" + secret.substr(8),
        "CL_LIVE_" + secret.substr(8),
        begin + std::string(32, '0'),
        begin + begin + secret.substr(16),
    };
    for (std::size_t at = 8; at + 1 < secret.size(); ++at) {  // two neighbours, swapped
        auto swapped = secret;
        std::swap(swapped[at], swapped[at + 1]);
        if (swapped != secret) mistyped.push_back(swapped);
    }
    for (std::size_t at = 8; at < secret.size(); ++at) {  // a character lost, one typed twice
        mistyped.push_back(secret.substr(0, at) + secret.substr(at + 1));
        mistyped.push_back(secret.substr(0, at) + secret[at] + secret.substr(at));
    }
    for (const auto& text : mistyped) EXPECT_FALSE(is_well_formed(text)) << text;
}

TEST(Secrets, ShowLittleOfThemselves) {
    EXPECT_EQ(preview_of("cl_live_ab12000000000000000000000000wxyz"), "cl_live_ab12\xE2\x80\xA6wxyz");
    const auto secret = make_secret("live");
    EXPECT_EQ(hash_of(secret), hash_of(secret));
    EXPECT_NE(hash_of(secret), hash_of(make_secret("live")));
}

TEST(Permissions, AllowWhatTheyName) {
    struct Row {
        Permissions permissions;
        const char* family;
        const char* action;
        bool is_allowed;
    };
    const Permissions reader{{"accounts", {"read"}}};
    const Permissions mixed{{"accounts", {"read", "write"}}, {"*", {"read"}}};
    const std::vector<Row> rows = {
        {{}, "accounts", "read", false},
        {reader, "accounts", "read", true},
        {reader, "accounts", "write", false},
        {reader, "accounts", "delete", false},
        {reader, "transactions", "read", false},
        {reader, "*", "read", false},
        {reader, "accounts", "", false},
        {reader, "", "read", false},
        {mixed, "accounts", "write", true},
        {mixed, "accounts", "delete", false},
        {mixed, "transactions", "read", true},
        {mixed, "transactions", "write", false},
        {mixed, "*", "read", true},
        {{{"accounts", {}}, {"*", {"read"}}}, "accounts", "read", true},
        {all_permissions(), "anything", "delete", true},
        {all_permissions(), "accounts", "approve", false},
        {all_permissions(), "drafts", "approve", true},
        {all_permissions(), "drafts", "delete", true},
        {{{"*", {"read", "write", "delete"}}}, "drafts", "approve", false},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(allows(row.permissions, row.family, row.action), row.is_allowed)
            << permissions_json(row.permissions) << " " << row.family << " " << row.action;
    }
}

TEST(Permissions, OnlyDraftsAreApproved) {
    for (const char* family : {"*", "accounts", "drafts", "anything"}) {
        for (const char* action : {"read", "write", "delete"})
            EXPECT_TRUE(is_action(family, action)) << family;
        for (const char* action : {"", "*", "Read", "sign"})
            EXPECT_FALSE(is_action(family, action)) << family;
        EXPECT_EQ(is_action(family, "approve"), std::string_view(family) == "drafts") << family;
    }
}

// A key makes no key that can do more than itself.
TEST(Permissions, CoverNoMoreThanThemselves) {
    struct Row {
        Permissions own;
        Permissions asked;
        bool is_covered;
    };
    const std::vector<Row> rows = {
        {{}, {}, true},
        {{}, {{"accounts", {}}}, true},
        {{}, {{"accounts", {"read"}}}, false},
        {{{"accounts", {"read"}}}, {{"accounts", {"read"}}}, true},
        {{{"accounts", {"read"}}}, {{"accounts", {"read", "write"}}}, false},
        {{{"accounts", {"read", "write"}}}, {{"accounts", {"write"}}}, true},
        {{{"accounts", {"read"}}}, {{"transactions", {"read"}}}, false},
        {{{"accounts", {"read"}}}, {{"*", {"read"}}}, false},
        {{{"*", {"read"}}}, {{"accounts", {"read"}}}, true},
        {{{"*", {"read"}}}, {{"*", {"read"}}}, true},
        {{{"*", {"read"}}}, {{"*", {"read", "delete"}}}, false},
        {{{"*", {"read"}}, {"accounts", {"write"}}}, {{"accounts", {"read", "write"}}}, true},
        {{{"*", {"read"}}, {"accounts", {"write"}}}, {{"accounts", {"write"}}, {"jobs", {"write"}}}, false},
        {all_permissions(), {{"*", {"read", "write", "delete"}}, {"accounts", {"delete"}}}, true},
        {all_permissions(), {{"drafts", {"approve"}}}, true},
        {{{"*", {"read", "write", "delete"}}}, {{"drafts", {"approve"}}}, false},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(covers(row.own, row.asked), row.is_covered)
            << permissions_json(row.own) << " " << permissions_json(row.asked);
    }
}

TEST(Permissions, AreReadAsTheyWereWritten) {
    const std::vector<Permissions> all = {{},
                                          {{"accounts", {}}},
                                          {{"accounts", {"read"}}},
                                          all_permissions(),
                                          {{"*", {"read"}}, {"accounts", {"read", "write"}}}};
    for (const auto& permissions : all)
        EXPECT_EQ(parse_permissions(permissions_json(permissions)), permissions);
    EXPECT_EQ(permissions_json({{"accounts", {"write", "read"}}}), R"({"accounts":["read","write"]})");
}

TEST(ApiKeyRow, ExpiresAtItsMoment) {
    struct Row {
        const char* status;
        std::optional<Timestamp> expires_at;
        std::int64_t at;
        const char* outcome;
    };
    const std::vector<Row> rows = {
        {"active", {}, 100, "active"},
        {"active", Timestamp{101}, 100, "active"},
        {"active", Timestamp{100}, 100, "expired"},
        {"active", Timestamp{99}, 100, "expired"},
        {"revoked", {}, 100, "revoked"},
        {"revoked", Timestamp{99}, 100, "revoked"},
    };
    for (const auto& row : rows) {
        ApiKeyRow key;
        key.status = row.status;
        key.expires_at = row.expires_at;
        EXPECT_EQ(key.status_at(Timestamp{row.at}), row.outcome);
    }
}

TEST(ApiKeyRow, ModesAndLimits) {
    struct Row {
        const char* mode;
        bool is_operator;
        bool livemode;
        std::int64_t rate_limit;
    };
    const Row rows[] = {
        {"live", false, true, 1000}, {"test", false, false, 100}, {"operator", true, true, 1000}};
    for (const auto& row : rows) {
        ApiKeyRow key;
        key.mode = row.mode;
        EXPECT_EQ(key.is_operator(), row.is_operator) << row.mode;
        EXPECT_EQ(key.livemode(), row.livemode) << row.mode;
        EXPECT_EQ(default_rate_limit(row.mode), row.rate_limit) << row.mode;
    }
}

}  // namespace
}  // namespace crane::service::api_keys
