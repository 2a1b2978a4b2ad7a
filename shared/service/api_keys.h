// API keys: their secrets, and which key a secret belongs to.
//
// A key has one secret of its own. A rotation replaces it; the secret before works
// for a while, as the same key.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "shared/base/date.h"
#include "shared/base/hash.h"
#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::api_keys {

// What only drafts have besides read, write and delete.
constexpr std::string_view approve = "approve";
bool is_action(std::string_view family, std::string_view action);

// Family → actions; "*" stands for every family, but not for approving drafts.
using Permissions = std::map<std::string, std::set<std::string>>;
bool allows(const Permissions& permissions, std::string_view family, std::string_view action);
// True if nothing is allowed by `asked` that `own` does not allow.
bool covers(const Permissions& own, const Permissions& asked);
std::string permissions_json(const Permissions& permissions);
Permissions parse_permissions(std::string_view text);  // of our own writing
Permissions all_permissions();

struct ApiKeyRow {
    ApiKeyId id;
    std::optional<OrganizationId> organization_id;  // none: an operator's
    std::string mode = "live";                      // live, test, operator
    std::string name;
    std::string description;
    std::string key_preview;
    Permissions permissions;
    std::string status = "active";  // active, revoked; status_at() tells more
    bool include_children = false;
    std::string allowed_ips = "[]";  // JSON array of texts
    bool require_signature = false;
    std::string sealed_signing_secret;  // empty: none
    std::int64_t rate_limit_per_minute = 1000;
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> previous_secret_expires_at;  // none: not rotated, or without overlap
    // When the row was found by a secret that a rotation has replaced: its end.
    // sealed_signing_secret is that secret's own then.
    std::optional<Timestamp> secret_expires_at;
    std::optional<Timestamp> last_used_at;
    std::int64_t usage_this_month = 0;
    std::int64_t version = 1;
    Timestamp created_at;
    Timestamp updated_at;
    bool is_organization_suspended = false;  // only find_by_secret tells

    bool is_operator() const { return mode == "operator"; }
    bool livemode() const { return mode != "test"; }
    bool can_sign() const { return !sealed_signing_secret.empty(); }
    // active, rotating, revoked or expired, as of `at`.
    std::string_view status_at(Timestamp at) const;
};

// How long the secret before a rotation works.
constexpr std::int64_t default_overlap_seconds = 86'400;
constexpr std::int64_t longest_overlap_seconds = 2'592'000;  // 30 days

constexpr std::int64_t default_rate_limit(std::string_view mode) {
    return mode == "test" ? 100 : 1000;
}

// "cl_live_" and 32 characters of [0-9A-Za-z], the last 6 a checksum.
std::string make_secret(std::string_view mode);
// False for a mistyped or malformed secret: no look-up is needed to refuse it.
bool is_well_formed(std::string_view secret);
Digest hash_of(std::string_view secret);
std::string preview_of(std::string_view secret);  // "cl_live_ab12…wxyz"

// "cls_" and 32 characters of [0-9A-Za-z].
std::string make_signing_secret();
// `key` is the installation's; what is sealed for one API key opens for that one only.
std::string seal_signing_secret(const std::string& secret, const ApiKeyId& id, const Digest& key);
// Throws std::runtime_error when it was sealed under another key.
std::string unseal_signing_secret(std::string_view sealed, const ApiKeyId& id, const Digest& key);

const store::ListDefinition& list_definition();
ApiKeyRow read(store::Rows& rows);
std::optional<ApiKeyRow> get(store::Session& session, const OrganizationId& organization_id,
                             const ApiKeyId& id);
// Also by one that a rotation has replaced, however long ago.
std::optional<ApiKeyRow> find_by_secret(store::Session& session, const Digest& secret_hash);
std::vector<ApiKeyRow> all(store::Session& session);
bool lock(store::Session& session, const OrganizationId& organization_id, const ApiKeyId& id);
// Writes the key and returns its secret, which is not kept anywhere.
std::string create(store::Session& session, ApiKeyRow& row, std::optional<ApiKeyId> created_by, Timestamp at);
void update(store::Session& session, const ApiKeyRow& row);
// Gives the key a new secret and returns it; row.sealed_signing_secret is what
// signs with it. The present one works until overlap_ends, one before it no longer.
std::string rotate(store::Session& session, ApiKeyRow& row, Timestamp overlap_ends, Timestamp at);
void revoke(store::Session& session, const ApiKeyId& id, Timestamp at);
// Under which hash caches know a key, and its newest version.
struct KeyVersion {
    Digest secret_hash{};
    std::int64_t version = 0;
};
std::vector<KeyVersion> read_versions(store::Rows rows);
// When a secret must have ended so that no cache knows it at `at`.
Timestamp uncached_since(Timestamp at);
// Every secret that a cache may know at `at`.
std::vector<KeyVersion> secrets_of(store::Session& session, const ApiKeyId& id, Timestamp at);
// Secrets that were revoked or replaced since then.
std::vector<KeyVersion> recently_ended(store::Session& session, Timestamp since);
// What the cache counted: one more or more uses, the last of them at `at`. No
// fault if there is no such key.
void count_uses(store::Session& session, const ApiKeyId& id, std::int64_t uses, Timestamp at);

}  // namespace crane::service::api_keys
