#include "shared/service/api_keys.h"

#include <algorithm>

#include "shared/base/random.h"
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
    return expires_at && *expires_at <= at ? "expired" : "active";
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
                  "then 'expired' else 'active' end)",
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
    row.rate_limit_per_minute = rows.integer();
    row.expires_at = rows.optional_timestamp();
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
    auto rows = session.query(sql::api_keys_by_secret, {secret_hash});
    if (!rows.next()) return std::nullopt;
    auto row = read(rows);
    row.is_organization_suspended = rows.flag();
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
    session.execute(sql::api_keys_insert,
                    {row.id, row.organization_id, row.mode, row.name, row.description, hash_of(secret),
                     row.key_preview, permissions_json(row.permissions), row.include_children,
                     row.allowed_ips, row.rate_limit_per_minute, row.expires_at, created_by, at, at});
    return secret;
}

void update(store::Session& session, const ApiKeyRow& row) {
    session.execute(sql::api_keys_update,
                    {row.name, row.description, permissions_json(row.permissions), row.allowed_ips,
                     row.rate_limit_per_minute, row.expires_at, row.updated_at, row.organization_id, row.id});
}

void revoke(store::Session& session, const ApiKeyId& id, Timestamp at) {
    session.execute(sql::api_keys_revoke, {at, id});
}

namespace {

Digest digest_of(const std::string& bytes) {
    Digest digest{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    return digest;
}

}  // namespace

KeyVersion read_version(store::Rows& rows) {
    KeyVersion key;
    key.secret_hash = digest_of(rows.text());
    key.version = rows.integer();
    return key;
}

std::optional<KeyVersion> newest_version(store::Session& session, const ApiKeyId& id) {
    auto rows = session.query(sql::api_keys_newest_version, {id});
    if (!rows.next()) return std::nullopt;
    return read_version(rows);
}

std::vector<KeyVersion> recently_revoked(store::Session& session, Timestamp since) {
    std::vector<KeyVersion> keys;
    auto rows = session.query(sql::api_keys_recently_revoked, {since});
    while (rows.next()) keys.push_back(read_version(rows));
    return keys;
}

void count_uses(store::Session& session, const Digest& secret_hash, std::int64_t uses, Timestamp at) {
    const auto key = find_by_secret(session, secret_hash);
    if (!key) return;
    session.execute(sql::api_keys_touch, {at, key->id, at});
    session.execute(sql::api_keys_count_uses, {key->id, first_of_month(date_of(at)), uses});
}

}  // namespace crane::service::api_keys
