#include "handlers/api_keys/operations.h"

#include "handlers/api_keys/json.h"
#include "handlers/api_keys/limits.h"
#include "shared/app/execution.h"
#include "shared/app/gate.h"
#include "shared/app/key_value.h"
#include "shared/app/master_key.h"
#include "shared/app/stores.h"

namespace crane::api_keys {
namespace {

namespace api_keys = service::api_keys;

void apply(const app::Principal& principal, const KeyBody& body, api_keys::ApiKeyRow& key) {
    if (body.name.has_value()) key.name = *body.name.content;
    if (body.description.is_given) key.description = body.description.content.value_or("");
    if (body.permissions) key.permissions = *body.permissions;
    if (body.allowed_ips.is_given) {
        auto list = json::Value::array();
        for (const auto& address : body.allowed_ips.content.value_or(std::vector<std::string>{})) {
            list.push(json::Value::string(address));
        }
        key.allowed_ips = list.dump();
    }
    if (body.require_signature.has_value()) key.require_signature = *body.require_signature.content;
    if (body.expires_at.is_given) key.expires_at = body.expires_at.content;
    if (body.rate_limit_per_minute.has_value()) {
        key.rate_limit_per_minute = *body.rate_limit_per_minute.content;
        refuse_rate_limit(principal, key);
    }
}

// A signing secret for the key's next secret, or none: empty then.
std::string give_signing_secret(const json::Field<bool>& asked, bool otherwise, api_keys::ApiKeyRow& key) {
    const bool is_given = asked.content.value_or(otherwise || key.require_signature);
    if (key.require_signature && !is_given)
        throw faulty_field("with_signing_secret", "cannot be false for a key whose requests must be signed");
    auto secret = is_given ? api_keys::make_signing_secret() : std::string();
    key.sealed_signing_secret =
        is_given ? api_keys::seal_signing_secret(secret, key.id, app::master_key()) : std::string();
    return secret;
}

json::Value with_secrets(app::Call& call, const api_keys::ApiKeyRow& key, const std::string& secret,
                         const std::string& signing_secret) {
    auto value = app::api_key_value(key, call.scope.at);
    call.resource_text = value.dump();
    value.set("secret", secret);
    value.set("signing_secret", json::Value::string_or_null_if_empty(signing_secret));
    return value;
}

json::Value create(app::Call& call, KeyBody& body) {
    api_keys::ApiKeyRow key;
    key.id = call.new_id<ApiKeyNoun>();
    key.organization_id = call.books().organization_id;
    key.mode = body.mode.content.value_or(call.principal.mode);
    key.permissions = {{"*", {"read"}}};
    key.include_children = body.include_children.content.value_or(false);
    inherit_bounds(call.principal, key);
    apply(call.principal, body, key);
    refuse_wider_reach(call.principal, key);
    refuse_fewer_bounds(call.principal, key);
    const auto signing_secret = give_signing_secret(body.with_signing_secret, false, key);
    const auto secret = api_keys::create(call.session(), key, call.principal.key_id, call.scope.at);
    call.scope.note("api_key", to_text(key.id), "api_key.created");
    return with_secrets(call, key, secret, signing_secret);
}

api_keys::ApiKeyRow locked(app::Call& call) {
    const auto id = call.path_id<ApiKeyNoun>("api_key_id");
    const auto& organization_id = call.books().organization_id;
    auto key = api_keys::lock(call.session(), organization_id, id)
                   ? api_keys::get(call.session(), organization_id, id)
                   : std::nullopt;
    // A test key does not see live keys, or the reverse; an operator sees both.
    const bool is_seen = key && (call.principal.is_operator() || key->livemode() == call.books().livemode);
    if (!is_seen) app::Call::throw_not_found();
    return std::move(*key);
}

// What was revoked stays as it was.
api_keys::ApiKeyRow locked_unrevoked(app::Call& call) {
    auto key = locked(call);
    if (key.status == "revoked")
        throw Error(ErrorCode::invalid_state, "This API key is revoked; it does not change.");
    return key;
}

json::Value update(app::Call& call, KeyBody& body) {
    auto key = locked_unrevoked(call);
    const auto before = key;
    refuse_wider_reach(call.principal, key);
    apply(call.principal, body, key);
    refuse_wider_reach(call.principal, key);
    refuse_looser(call.principal, before, body, key);
    if (key.require_signature && !key.can_sign()) {
        throw Error(ErrorCode::invalid_state,
                    "This API key has no signing secret; rotate it with with_signing_secret first.");
    }
    key.updated_at = call.scope.at;
    api_keys::update(call.session(), key);
    call.scope.note("api_key", to_text(key.id), "api_key.updated");
    return app::api_key_value(key, call.scope.at);
}

// Whoever sees the new secret can do what the key can, so it must not be more
// than the caller's own key can.
json::Value rotate(app::Call& call, RotationBody& body) {
    auto key = locked_unrevoked(call);
    if (key.status_at(call.scope.at) == "expired") {
        throw Error(ErrorCode::invalid_state,
                    "This API key has expired; give it another expires_at before it is rotated.");
    }
    refuse_wider_reach(call.principal, key);
    refuse_fewer_bounds(call.principal, key);
    const auto overlap_seconds = body.overlap_seconds.content.value_or(api_keys::default_overlap_seconds);
    const Timestamp overlap_ends{call.scope.at.microseconds + overlap_seconds * 1'000'000};
    const auto signing_secret = give_signing_secret(body.with_signing_secret, key.can_sign(), key);
    const auto secret = api_keys::rotate(call.session(), key, overlap_ends, call.scope.at);
    call.scope.note("api_key", to_text(key.id), "api_key.rotated");
    return with_secrets(call, key, secret, signing_secret);
}

json::Value revoke(app::Call& call, void*) {
    const auto key = locked_unrevoked(call);
    api_keys::revoke(call.session(), key.id, call.scope.at);
    call.scope.note("api_key", to_text(key.id), "api_key.revoked");
    return json::Value::null();
}

json::Value current(app::Call& call) {
    return app::api_key_value(locked(call), call.scope.at);
}

// The key's cached records are out of date from here on.
void forget(app::Stores& stores, const app::CallInput& input) {
    const auto id = parse_id<ApiKeyNoun>(input.path.find("api_key_id")->second);
    std::vector<api_keys::KeyVersion> secrets;
    app::with_reader(stores, [&](store::Session& session) {
        if (id) secrets = api_keys::secrets_of(session, *id, now());
    });
    app::Gate::forget_secrets(stores, secrets);
}

}  // namespace

const app::Operation create_api_key{
    .name = "api_keys.create",
    .permission = {"api_keys", "write"},
    .status = 201,
    .resource_object = "api_key",
    .resource_prefix = ApiKeyNoun::prefix,
    .has_secret_reply = true,
    .read = app::read_body<KeyBody, read_creation>,
    .run = app::run_body<KeyBody, create>,
};

const app::Operation update_api_key{
    .name = "api_keys.update",
    .permission = {"api_keys", "write"},
    .resource_object = "api_key",
    .is_never_queued = true,
    .read = app::read_body<KeyBody, read_change>,
    .run = app::run_body<KeyBody, update>,
    .current = current,
    .after_commit = forget,
};

const app::Operation rotate_api_key{
    .name = "api_keys.rotate",
    .permission = {"api_keys", "write"},
    .resource_object = "api_key",
    .has_secret_reply = true,
    .read = app::read_body<RotationBody, read_rotation>,
    .is_body_optional = true,
    .run = app::run_body<RotationBody, rotate>,
    .current = current,
    .after_commit = forget,
};

const app::Operation revoke_api_key{
    .name = "api_keys.revoke",
    .permission = {"api_keys", "delete"},
    .status = 204,
    .resource_object = "api_key",
    .is_never_queued = true,
    .run = revoke,
    .current = current,
    .after_commit = forget,
};

}  // namespace crane::api_keys
