#include "handlers/api_keys/operations.h"

#include "handlers/api_keys/json.h"
#include "shared/app/execution.h"
#include "shared/app/gate.h"
#include "shared/app/key_value.h"
#include "shared/app/stores.h"

namespace crane::api_keys {
namespace {

namespace api_keys = service::api_keys;

// A key cannot make a key that can do more than itself.
void refuse_more_than_own(const app::Principal& principal, const api_keys::ApiKeyRow& key) {
    if (principal.is_operator()) return;
    if (!api_keys::covers(principal.permissions, key.permissions)) {
        throw Error(ErrorCode::insufficient_permissions,
                    "A key cannot give permissions that it does not have itself.");
    }
    if (key.include_children && !principal.include_children) {
        throw Error(ErrorCode::insufficient_permissions,
                    "A key that does not reach the organizations below cannot make one that does.");
    }
    if (key.mode == "live" && principal.mode != "live") {
        throw Error(ErrorCode::insufficient_permissions, "A test key makes test keys only.");
    }
}

void refuse_rate_limit(const app::Principal& principal, const api_keys::ApiKeyRow& key) {
    if (principal.is_operator()) return;
    const auto most = api_keys::default_rate_limit(key.mode);
    if (key.rate_limit_per_minute <= most) return;
    throw faulty_field("rate_limit_per_minute",
                       "is above " + std::to_string(most) + ", which only an operator can give");
}

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
    if (body.expires_at.is_given) key.expires_at = body.expires_at.content;
    if (body.rate_limit_per_minute.has_value()) {
        key.rate_limit_per_minute = *body.rate_limit_per_minute.content;
        refuse_rate_limit(principal, key);
    }
}

json::Value create(app::Call& call, KeyBody& body) {
    api_keys::ApiKeyRow key;
    key.id = call.new_id<ApiKeyNoun>();
    key.organization_id = call.books().organization_id;
    key.mode = body.mode.content.value_or(call.principal.mode);
    key.permissions = {{"*", {"read"}}};
    key.include_children = body.include_children.content.value_or(false);
    key.rate_limit_per_minute = api_keys::default_rate_limit(key.mode);
    apply(call.principal, body, key);
    refuse_more_than_own(call.principal, key);
    const auto secret = api_keys::create(call.session(), key, call.principal.key_id, call.scope.at);
    call.scope.note("api_key", to_text(key.id), "api_key.created");
    auto value = app::api_key_value(key, call.scope.at);
    value.set("secret", secret);
    return value;
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
    refuse_more_than_own(call.principal, key);
    apply(call.principal, body, key);
    refuse_more_than_own(call.principal, key);
    key.updated_at = call.scope.at;
    api_keys::update(call.session(), key);
    call.scope.note("api_key", to_text(key.id), "api_key.updated");
    return app::api_key_value(key, call.scope.at);
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

// The key's cached record is out of date from here on.
void forget(app::Stores& stores, const app::CallInput& input) {
    const auto id = parse_id<ApiKeyNoun>(input.path.find("api_key_id")->second);
    std::optional<api_keys::KeyVersion> key;
    app::with_reader(stores, [&](store::Session& session) {
        if (id) key = api_keys::newest_version(session, *id);
    });
    if (key) app::Gate::forget_key(stores, key->secret_hash, key->version);
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
