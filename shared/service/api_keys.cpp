#include "shared/service/api_keys.h"

#include <algorithm>
#include <stdexcept>

#include "shared/base/random.h"
#include "shared/base/secret_box.h"
#include "shared/base/text.h"
#include "shared/json/json.h"
#include "shared/store/queries.h"

namespace crane::service::api_keys {
namespace {

constexpr std::size_t random_characters = 26;
constexpr std::size_t checksum_characters = 6;
constexpr std::string_view prefixes[] = {"cl_live_", "cl_test_", "cl_oper_"};

// 32 bits of SHA-256 in six characters of base 62.
std::string checksum_of(std::string_view text) {
    const auto digest = sha256(text);
    std::uint64_t number = 0;
    for (int i = 0; i < 4; ++i) number = number << 8U | digest[static_cast<std::size_t>(i)];
    return encode_base62(number, checksum_characters);
}

}  // namespace

bool is_action(std::string_view family, std::string_view action) {
    if (action == approve) return family == "drafts";
    return action == "read" || action == "write" || action == "delete";
}

bool allows(const Permissions& permissions, std::string_view family, std::string_view action) {
    const auto allows_in = [&](const std::string& name) {
        const auto found = permissions.find(name);
        return found != permissions.end() && found->second.contains(std::string(action));
    };
    return allows_in(std::string(family)) || allows_in("*");
}

bool covers(const Permissions& own, const Permissions& asked) {
    return std::ranges::all_of(asked, [&](const auto& entry) {
        return std::ranges::all_of(
            entry.second, [&](const std::string& action) { return allows(own, entry.first, action); });
    });
}

std::string permissions_json(const Permissions& permissions) {
    auto object = json::Value::object();
    for (const auto& [family, actions] : permissions) {
        auto list = json::Value::array();
        for (const auto& action : actions) list.push(json::Value::string(action));
        object.set_copied(family, std::move(list));
    }
    return object.dump();
}

Permissions parse_permissions(std::string_view text) {
    Permissions permissions;
    const auto document = json::parse(text);
    document.root().for_each([&](json::View family) {
        auto& actions = permissions[std::string(family.name())];
        family.for_each([&](json::View action) { actions.emplace(action.text()); });
    });
    return permissions;
}

Permissions all_permissions() {
    return {{"*", {"read", "write", "delete"}}, {"drafts", {std::string(approve)}}};
}

std::string_view ApiKeyRow::status_at(Timestamp at) const {
    if (status == "revoked") return "revoked";
    if (expires_at && *expires_at <= at) return "expired";
    return previous_secret_expires_at && *previous_secret_expires_at > at ? "rotating" : "active";
}

std::string make_secret(std::string_view mode) {
    const auto kind = mode == "operator" ? std::string("oper") : std::string(mode);
    const auto begin = "cl_" + kind + "_" + random_base62(random_characters);
    return begin + checksum_of(begin);
}

bool is_well_formed(std::string_view secret) {
    const bool has_prefix =
        std::ranges::any_of(prefixes, [&](std::string_view prefix) { return secret.starts_with(prefix); });
    constexpr std::size_t length = 8 + random_characters + checksum_characters;
    if (!has_prefix || secret.size() != length) return false;
    const auto checked = length - checksum_characters;
    return secret.substr(checked) == checksum_of(secret.substr(0, checked));
}

Digest hash_of(std::string_view secret) {
    return sha256(secret);
}

std::string preview_of(std::string_view secret) {
    return std::string(secret.substr(0, 12)) + "…" + std::string(secret.substr(secret.size() - 4));
}

namespace {

constexpr std::size_t signing_characters = 32;

Digest signing_key_of(const ApiKeyId& id, const Digest& key) {
    return derive_key(key, "signing secret " + to_text(id));
}

}  // namespace

std::string make_signing_secret() {
    return "cls_" + random_base62(signing_characters);
}

std::string seal_signing_secret(const std::string& secret, const ApiKeyId& id, const Digest& key) {
    return seal(secret, signing_key_of(id, key));
}

std::string unseal_signing_secret(std::string_view sealed, const ApiKeyId& id, const Digest& key) {
    auto secret = unseal(sealed, signing_key_of(id, key));
    if (!secret)
        throw std::runtime_error("the signing secret of " + to_text(id) + " was sealed under another key");
    return std::move(*secret);
}

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::api_keys_list,
        .id_column = "k.id",
        .id_prefix = ApiKeyNoun::prefix,
        .sorts = {{"created_at", "k.id"}, {"name", "k.name"}},
        .filters =
            {{"name", "k.name"},
             {.name = "mode", .column = "k.mode", .choices = {"live", "test"}},
             {.name = "status",
              .column =
                  "(case when k.status = 'revoked' then 'revoked' when k.expires_at <= utc_timestamp(6) "
                  "then 'expired' when k.previous_secret_expires_at > utc_timestamp(6) then 'rotating' "
                  "else 'active' end)",
              .choices = {"active", "rotating", "revoked", "expired"}},
             {"created_at", "k.created_at", store::FieldType::timestamp, true}},
        .search_columns = {"k.name", "k.description"},
    };
    return definition;
}

ApiKeyRow read(store::Rows& rows) {
    ApiKeyRow row;
    row.id = rows.id<ApiKeyNoun>();
    row.organization_id = rows.optional_id<OrganizationNoun>();
    row.mode = rows.text();
    row.name = rows.text();
    row.description = rows.text();
    row.key_preview = rows.text();
    row.permissions = parse_permissions(rows.text());
    row.status = rows.text();
    row.include_children = rows.flag();
    row.allowed_ips = rows.text();
    row.require_signature = rows.flag();
    row.sealed_signing_secret = rows.text();
    row.rate_limit_per_minute = rows.integer();
    row.expires_at = rows.optional_timestamp();
    row.previous_secret_expires_at = rows.optional_timestamp();
    row.last_used_at = rows.optional_timestamp();
    row.usage_this_month = rows.integer();
    row.version = rows.integer();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

std::optional<ApiKeyRow> get(store::Session& session, const OrganizationId& organization_id,
                             const ApiKeyId& id) {
    auto rows = session.query(sql::api_keys_get, {organization_id, id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

std::optional<ApiKeyRow> find_by_secret(store::Session& session, const Digest& secret_hash) {
    {
        auto rows = session.query(sql::api_keys_by_secret, {secret_hash});
        if (rows.next()) {
            auto row = read(rows);
            row.is_organization_suspended = rows.flag();
            return row;
        }
    }
    auto rows = session.query(sql::api_keys_by_past_secret, {secret_hash});
    if (!rows.next()) return std::nullopt;
    auto row = read(rows);
    row.is_organization_suspended = rows.flag();
    row.secret_expires_at = rows.timestamp();
    return row;
}

std::vector<ApiKeyRow> all(store::Session& session) {
    std::vector<ApiKeyRow> keys;
    auto rows = session.query(sql::api_keys_all, {});
    while (rows.next()) keys.push_back(read(rows));
    return keys;
}

bool lock(store::Session& session, const OrganizationId& organization_id, const ApiKeyId& id) {
    return session.query(sql::api_keys_lock, {organization_id, id}).next();
}

std::string create(store::Session& session, ApiKeyRow& row, std::optional<ApiKeyId> created_by,
                   Timestamp at) {
    auto secret = make_secret(row.mode);
    row.key_preview = preview_of(secret);
    row.created_at = row.updated_at = at;
    session.execute(
        sql::api_keys_insert,
        {row.id, row.organization_id, row.mode, row.name, row.description, hash_of(secret), row.key_preview,
         permissions_json(row.permissions), row.include_children, row.allowed_ips, row.require_signature,
         row.sealed_signing_secret, row.rate_limit_per_minute, row.expires_at, created_by, at, at});
    return secret;
}

void update(store::Session& session, const ApiKeyRow& row) {
    session.execute(sql::api_keys_update, {row.name, row.description, permissions_json(row.permissions),
                                           row.allowed_ips, row.require_signature, row.rate_limit_per_minute,
                                           row.expires_at, row.updated_at, row.organization_id, row.id});
}

std::string rotate(store::Session& session, ApiKeyRow& row, Timestamp overlap_ends, Timestamp at) {
    session.execute(sql::api_keys_end_past_secrets, {at, at, row.id, at});
    session.execute(sql::api_keys_keep_past_secret, {overlap_ends, at, row.id});
    auto secret = make_secret(row.mode);
    row.key_preview = preview_of(secret);
    row.previous_secret_expires_at = overlap_ends > at ? std::optional(overlap_ends) : std::nullopt;
    row.updated_at = at;
    session.execute(sql::api_keys_rotate, {hash_of(secret), row.key_preview, row.sealed_signing_secret,
                                           row.previous_secret_expires_at, at, row.id});
    return secret;
}

void revoke(store::Session& session, const ApiKeyId& id, Timestamp at) {
    session.execute(sql::api_keys_end_past_secrets, {at, at, id, at});
    session.execute(sql::api_keys_revoke, {at, id});
}

namespace {

Digest digest_of(const std::string& bytes) {
    Digest digest{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    return digest;
}

}  // namespace

std::vector<KeyVersion> read_versions(store::Rows rows) {
    std::vector<KeyVersion> keys;
    while (rows.next()) {
        auto& key = keys.emplace_back();
        key.secret_hash = digest_of(rows.text());
        key.version = rows.integer();
    }
    return keys;
}

Timestamp uncached_since(Timestamp at) {
    constexpr std::int64_t cached_seconds = 60;  // longer than a cache keeps a record
    return {at.microseconds - cached_seconds * 1'000'000};
}

std::vector<KeyVersion> secrets_of(store::Session& session, const ApiKeyId& id, Timestamp at) {
    return read_versions(session.query(sql::api_keys_secrets, {id, id, uncached_since(at)}));
}

std::vector<KeyVersion> recently_ended(store::Session& session, Timestamp since) {
    return read_versions(session.query(sql::api_keys_recently_ended, {since, since}));
}

void count_uses(store::Session& session, const ApiKeyId& id, std::int64_t uses, Timestamp at) {
    session.execute(sql::api_keys_touch, {at, id, at});
    session.execute(sql::api_keys_count_uses, {first_of_month(date_of(at)), uses, id});
}

}  // namespace crane::service::api_keys
