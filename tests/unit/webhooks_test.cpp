#include "shared/service/webhooks.h"
#include "shared/base/base64.h"

#include <gtest/gtest.h>

#include "shared/base/secret_box.h"
#include "shared/service/webhook_deliveries.h"

namespace crane::service::webhooks {
namespace {

TEST(Webhooks, WantWhatFitsTheirPatterns) {
    struct Case {
        std::vector<std::string> patterns;
        const char* event_type;
        bool is_wanted;
    };
    const Case cases[] = {
        {{"*"}, "transaction.posted", true},
        {{"transaction.posted"}, "transaction.posted", true},
        {{"transaction.posted"}, "transaction.created", false},
        {{"transaction.*"}, "transaction.posted", true},
        {{"transaction.*"}, "transactional.posted", false},
        {{"transaction.*"}, "account.created", false},
        {{"account.created", "transaction.*"}, "transaction.posted", true},
        {{}, "transaction.posted", false},
    };
    for (const auto& [patterns, event_type, is_wanted] : cases) {
        EXPECT_EQ(wants(patterns, event_type), is_wanted) << event_type;
    }
}

TEST(Webhooks, PatternsAreChecked) {
    for (const char* text : {"*", "transaction.posted", "transaction.*", "api_key.created"})
        EXPECT_TRUE(is_event_pattern(text)) << text;
    for (const char* text : {"", "transaction", "transaction.", ".posted", "*.posted", "transaction.po*",
                             "a.b.c", "Transaction.posted", "transaction posted", "**", "%"})
        EXPECT_FALSE(is_event_pattern(text)) << text;
    EXPECT_FALSE(is_event_pattern("a." + std::string(64, 'b')));
}

TEST(Webhooks, RefuseTargets) {
    struct Case {
        const char* url;
        bool is_refused;
        bool is_refused_even_if_private_ones_may_be;
    };
    const Case cases[] = {
        {"https://example.com/", false, false}, {"http://example.com/", true, false},
        {"https://127.0.0.1/", true, false},    {"https://localhost/", true, false},
        {"http://10.0.0.1:8080/", true, false}, {"ftp://example.com/", true, true},
        {"https://a@example.com/", true, true},
    };
    for (const auto& [url, is_refused, is_refused_anyway] : cases) {
        EXPECT_EQ(!refusal_of(parse_web_address(url), false).empty(), is_refused) << url;
        EXPECT_EQ(!refusal_of(parse_web_address(url), true).empty(), is_refused_anyway) << url;
    }
}

// The example of the Standard Webhooks libraries' own tests.
TEST(Webhooks, SignAsTheStandardSays) {
    const std::vector<std::string> secrets{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    EXPECT_EQ(signature(secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Webhooks, SignWithTwoSecretsWhileOneIsChanged) {
    const auto key = sha256("installation");
    WebhookRow row;
    row.id = make_id<WebhookNoun>();
    row.sealed_secret = seal_secret("whsec_bmV3", row.id, key);
    const Timestamp at{1'000'000};
    EXPECT_EQ(secrets_at(row, key, at), std::vector<std::string>{"whsec_bmV3"});
    row.sealed_previous_secret = seal_secret("whsec_b2xk", row.id, key);
    row.previous_secret_expires_at = Timestamp{at.microseconds + 1};
    const std::vector<std::string> both{"whsec_bmV3", "whsec_b2xk"};
    EXPECT_EQ(secrets_at(row, key, at), both);
    const auto header = signature(both, "whd_1", 1, "{}");
    EXPECT_EQ(header, signature(std::vector{both[0]}, "whd_1", 1, "{}") + " " +
                          signature(std::vector{both[1]}, "whd_1", 1, "{}"));
    EXPECT_EQ(secrets_at(row, key, *row.previous_secret_expires_at), std::vector<std::string>{"whsec_bmV3"});
}

TEST(Webhooks, SecretsAreRandomAndBelongToOneWebhook) {
    const auto secret = make_secret();
    EXPECT_TRUE(secret.starts_with("whsec_"));
    EXPECT_EQ(decode_base64(secret.substr(6)).value_or("").size(), 32U);
    EXPECT_NE(make_secret(), secret);
    const auto key = sha256("installation");
    WebhookRow row;
    row.id = make_id<WebhookNoun>();
    row.sealed_secret = seal_secret(secret, row.id, key);
    EXPECT_EQ(row.sealed_secret.find(secret), std::string::npos);
    row.id = make_id<WebhookNoun>();
    EXPECT_THROW(secrets_at(row, key, {}), std::runtime_error) << "moved to another row";
}

TEST(Webhooks, AreTriedForThreeDays) {
    std::int64_t total = 0;
    for (const auto seconds : webhook_deliveries::retry_seconds) total += seconds;
    EXPECT_GT(total, 70 * 3600);
    EXPECT_LT(total * 11 / 10, 78 * 3600);
    for (int i = 0; i < 100; ++i) {
        const auto milliseconds = webhook_deliveries::jittered_milliseconds(60);
        EXPECT_GE(milliseconds, 60'000);
        EXPECT_LE(milliseconds, 66'000);
    }
}

}  // namespace
}  // namespace crane::service::webhooks
