// What the cache holds of a key is what the store holds, and no secret.
#include "shared/app/gate_records.h"

#include <gtest/gtest.h>

#include <string>

#include "shared/base/secret_box.h"

namespace crane::app {
namespace {

service::api_keys::ApiKeyRow full_key() {
    service::api_keys::ApiKeyRow key;
    key.id = make_id<ApiKeyNoun>();
    key.organization_id = make_id<OrganizationNoun>();
    key.mode = "test";
    key.status = "revoked";
    key.permissions = {{"accounts", {"read", "write"}}, {"*", {"read"}}};
    key.include_children = true;
    key.allowed_ips = R"(["10.0.0.0/8","::1"])";
    key.require_signature = true;
    key.sealed_signing_secret = std::string("\0\x01\xff\"", 4);
    key.rate_limit_per_minute = 7;
    key.expires_at = Timestamp{1'700'000'000'123'456};
    key.secret_expires_at = Timestamp{1'700'000'000'000'001};
    return key;
}

void expect_same(const service::api_keys::ApiKeyRow& read, const service::api_keys::ApiKeyRow& key) {
    EXPECT_EQ(read.id, key.id);
    EXPECT_EQ(read.organization_id, key.organization_id);
    EXPECT_EQ(read.mode, key.mode);
    EXPECT_EQ(read.status, key.status);
    EXPECT_EQ(read.permissions, key.permissions);
    EXPECT_EQ(read.include_children, key.include_children);
    EXPECT_EQ(read.allowed_ips, key.allowed_ips);
    EXPECT_EQ(read.require_signature, key.require_signature);
    EXPECT_EQ(read.sealed_signing_secret, key.sealed_signing_secret);
    EXPECT_EQ(read.rate_limit_per_minute, key.rate_limit_per_minute);
    EXPECT_EQ(read.expires_at, key.expires_at);
    EXPECT_EQ(read.secret_expires_at, key.secret_expires_at);
}

TEST(KeyRecord, IsReadAsItWasWritten) {
    const auto full = full_key();
    expect_same(read_key_record(write_key_record(full)), full);
    service::api_keys::ApiKeyRow plain;
    plain.mode = "operator";
    expect_same(read_key_record(write_key_record(plain)), plain);
}

// The cache's script finds the limit and the id before the first brace.
TEST(KeyRecord, BeginsWithABraceAndHasNoBlank) {
    const auto record = write_key_record(full_key());
    EXPECT_EQ(record.front(), '{');
    EXPECT_EQ(record.find(' '), std::string::npos);
}

TEST(KeyRecord, HoldsTheSigningSecretSealedOnly) {
    auto key = full_key();
    const auto secret = service::api_keys::make_signing_secret();
    const auto installation = sha256("the installation's key");
    key.sealed_signing_secret = service::api_keys::seal_signing_secret(secret, key.id, installation);
    const auto record = write_key_record(key);
    EXPECT_EQ(record.find(secret), std::string::npos);
    EXPECT_EQ(record.find(to_hex(secret)), std::string::npos);
    const auto sealed = read_key_record(record).sealed_signing_secret;
    EXPECT_EQ(service::api_keys::unseal_signing_secret(sealed, key.id, installation), secret);
}

TEST(SigningSecret, OpensForItsKeyAndInstallationOnly) {
    const auto secret = service::api_keys::make_signing_secret();
    EXPECT_TRUE(secret.starts_with("cls_"));
    EXPECT_EQ(secret.size(), 36U);
    const auto id = make_id<ApiKeyNoun>();
    const auto installation = sha256("the installation's key");
    const auto sealed = service::api_keys::seal_signing_secret(secret, id, installation);
    EXPECT_EQ(service::api_keys::unseal_signing_secret(sealed, id, installation), secret);
    EXPECT_THROW(service::api_keys::unseal_signing_secret(sealed, make_id<ApiKeyNoun>(), installation),
                 std::runtime_error);
    EXPECT_THROW(service::api_keys::unseal_signing_secret(sealed, id, sha256("another")), std::runtime_error);
}

}  // namespace
}  // namespace crane::app
