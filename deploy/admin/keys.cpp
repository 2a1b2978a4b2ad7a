// key create, key list, key rotate, key revoke.
#include <cstdio>
#include <stdexcept>

#include "deploy/admin/commands.h"
#include "shared/app/gate.h"
#include "shared/base/clock.h"
#include "shared/base/ip_range.h"
#include "shared/base/secret_box.h"
#include "shared/base/text.h"
#include "shared/json/json.h"
#include "shared/service/organizations.h"
#include "shared/store/queries.h"

namespace crane::admin {

namespace api_keys = service::api_keys;
namespace organizations = service::organizations;

namespace {

std::string allowed_ips_of(const Arguments& arguments) {
    auto list = json::Value::array();
    const auto given = arguments.value("allowed-ips");
    for (const auto piece : split(given, ',')) {
        const auto range = trim(piece);
        if (range.empty()) continue;
        if (!parse_ip_range(range)) {
            throw std::runtime_error(
                "--allowed-ips takes addresses and ranges such as 203.0.113.0/24, split by "
                "commas; this is none: " +
                std::string(range));
        }
        list.push(json::Value::string(range));
    }
    return list.dump();
}

std::optional<Timestamp> expires_at_of(const Arguments& arguments) {
    if (!arguments.has("expires-at")) return std::nullopt;
    const auto at = parse_utc_timestamp(arguments.value("expires-at"));
    if (!at) throw std::runtime_error("--expires-at takes a time in UTC such as 2026-12-31T23:59:59Z.");
    return at;
}

// Seals it into the key; empty unless `is_given`.
std::string give_signing_secret(const Config& config, bool is_given, api_keys::ApiKeyRow& key) {
    key.sealed_signing_secret.clear();
    if (!is_given) return {};
    auto secret = api_keys::make_signing_secret();
    key.sealed_signing_secret =
        api_keys::seal_signing_secret(secret, key.id, read_key_file(config.master_key_file));
    return secret;
}

void print_secrets(const Arguments& arguments, const api_keys::ApiKeyRow& key, const std::string& secret,
                   const std::string& signing_secret) {
    const bool is_test = key.mode == "test";
    const char* const name = key.is_operator() ? "CRANE_OPERATOR_KEY"
                             : is_test         ? "CRANE_TEST_KEY"
                                               : "CRANE_KEY";
    const bool env = is_env(arguments);
    print(env, name, "key", secret);
    if (!signing_secret.empty()) print(env, "CRANE_SIGNING_SECRET", "signing", signing_secret);
}

}  // namespace

std::string make_key(store::Session& session, api_keys::ApiKeyRow key, const std::string& name) {
    if (key.id == ApiKeyId{}) key.id = make_id<ApiKeyNoun>();
    key.name = name;
    if (key.permissions.empty()) key.permissions = api_keys::all_permissions();
    return api_keys::create(session, key, std::nullopt, now());
}

int create_key(const Arguments& arguments) {
    const auto config = load_config();
    const auto session = store::open_session(config, store::SessionKind::write);
    api_keys::ApiKeyRow key;
    key.id = make_id<ApiKeyNoun>();
    if (arguments.has("operator")) {
        key.mode = "operator";
    } else {
        const auto id = parse_id<OrganizationNoun>(arguments.value("organization"));
        if (!id || !organizations::get(*session, *id)) {
            throw std::runtime_error("Give --organization the id of one (crane org list), or --operator.");
        }
        key.organization_id = id;
        key.mode = arguments.value("mode", "live");
        if (key.mode != "live" && key.mode != "test") throw std::runtime_error("--mode is live or test.");
    }
    if (arguments.has("permissions"))
        key.permissions = api_keys::parse_permissions(arguments.value("permissions"));
    key.include_children = arguments.has("include-children");
    key.rate_limit_per_minute = number(arguments, "rate-limit", api_keys::default_rate_limit(key.mode));
    key.expires_at = expires_at_of(arguments);
    key.allowed_ips = allowed_ips_of(arguments);
    key.require_signature = arguments.has("require-signature");
    const auto signing_secret =
        give_signing_secret(config, key.require_signature || arguments.has("with-signing-secret"), key);
    const auto secret = make_key(*session, key, arguments.value("name", "Command line"));
    session->commit();
    print_secrets(arguments, key, secret, signing_secret);
    return 0;
}

namespace {

std::vector<api_keys::ApiKeyRow> all_keys() {
    const auto session = store::open_session(load_config(), store::SessionKind::read);
    return api_keys::all(*session);
}

}  // namespace

int list_keys() {
    for (const auto& key : all_keys()) {
        std::printf("%s  %s  %-8s  %-8s  %s  %s\n", to_text(key.id).c_str(), key.key_preview.c_str(),
                    key.mode.c_str(), std::string(key.status_at(now())).c_str(),
                    key.organization_id ? to_text(*key.organization_id).c_str() : "-", key.name.c_str());
    }
    return 0;
}

namespace {

// By its id, or by what of its secret may be shown.
api_keys::ApiKeyRow find_key(const std::string& which) {
    std::vector<api_keys::ApiKeyRow> found;
    for (auto& key : all_keys()) {
        if (which == to_text(key.id) || which == key.key_preview) found.push_back(std::move(key));
    }
    if (found.size() != 1) {
        throw std::runtime_error(found.empty() ? "No key has this id or preview; see: crane key list"
                                               : "Several keys have this preview; name one by its id.");
    }
    return std::move(found.front());
}

// And the caches know it.
void commit_change(const Config& config, store::Session& session, const ApiKeyId& id) {
    app::Stores stores(config);
    const auto secrets = api_keys::secrets_of(session, id, now());
    session.commit();
    app::Gate::forget_secrets(stores, secrets);
}

}  // namespace

int rotate_key(const std::string& which, const Arguments& arguments) {
    const auto config = load_config();
    auto key = find_key(which);
    const auto at = now();
    const auto status = key.status_at(at);
    if (status == "revoked" || status == "expired")
        throw std::runtime_error("This key is " + std::string(status) + "; make a new one.");
    const auto overlap_seconds = number(arguments, "overlap-seconds", api_keys::default_overlap_seconds);
    if (overlap_seconds > api_keys::longest_overlap_seconds)
        throw std::runtime_error("--overlap-seconds is at most 2592000, 30 days.");
    const auto session = store::open_session(config, store::SessionKind::write);
    const auto signing_secret =
        give_signing_secret(config, key.can_sign() || arguments.has("with-signing-secret"), key);
    const auto secret =
        api_keys::rotate(*session, key, Timestamp{at.microseconds + overlap_seconds * 1'000'000}, at);
    commit_change(config, *session, key.id);
    print_secrets(arguments, key, secret, signing_secret);
    return 0;
}

int revoke_key(const std::string& which) {
    const auto config = load_config();
    const auto key = find_key(which);
    const auto session = store::open_session(config, store::SessionKind::write);
    api_keys::revoke(*session, key.id, now());
    commit_change(config, *session, key.id);
    std::printf("revoked %s\n", to_text(key.id).c_str());
    return 0;
}

}  // namespace crane::admin
