#include "handlers/organizations/operations.h"

#include "handlers/organizations/json.h"
#include "shared/app/execution.h"
#include "shared/app/gate.h"
#include "shared/app/key_value.h"
#include "shared/app/master_key.h"
#include "shared/app/stores.h"
#include "shared/service/organization_tree.h"

namespace crane::organizations {
namespace {

namespace organizations = service::organizations;
using organizations::OrganizationRow;

constexpr std::int64_t default_initial_credits = 1000;

// A child is made below the key's own organization, or below one that the key
// reaches. Its scope becomes the parent's books, whose pool pays.
void place_below_parent(app::Call& call, const OrganizationBody& body, OrganizationRow& row) {
    const auto& principal = call.principal;
    const auto parent_id = body.parent_organization_id.content.value_or(*principal.organization_id);
    const auto parent = reached_parent(call, parent_id);
    if (parent.ancestors.size() >= service::organization_tree::most_levels) {
        throw Error(ErrorCode::invalid_state,
                    "The parent is " + std::to_string(parent.ancestors.size()) +
                        " levels deep, the root being the first; deeper ones are not made.");
    }
    row.parent_id = parent_id;
    row.root_id = parent.root_id;
    row.relationship_type = body.relationship_type.content.value_or("owned");
    if (!body.base_currency_code.has_value()) row.base_currency = parent.base_currency.code;
    call.scope.books = parent.books(principal.livemode());
}

// A key that can do what the one can that makes it, within the same bounds.
// Returns its signing secret, if its requests have to be signed.
std::string bound_by(const app::Principal& maker, service::api_keys::ApiKeyRow& key) {
    key.mode = maker.mode;
    key.permissions = maker.permissions;
    key.include_children = maker.include_children;
    key.allowed_ips = maker.allowed_ips;
    key.expires_at = maker.expires_at;
    key.require_signature = maker.require_signature;
    if (!key.require_signature) return {};
    auto secret = service::api_keys::make_signing_secret();
    key.sealed_signing_secret = service::api_keys::seal_signing_secret(secret, key.id, app::master_key());
    return secret;
}

// The first key of an organization that no key reaches yet, shown once. A root's
// is all-powerful, a linked child's no more than its maker.
json::Value first_key(app::Call& call, const OrganizationRow& row) {
    const bool is_root = call.principal.is_operator();
    service::api_keys::ApiKeyRow key;
    key.id = make_id<ApiKeyNoun>();
    key.organization_id = row.id;
    key.name = "First key";
    key.permissions = service::api_keys::all_permissions();
    key.include_children = true;
    const auto signing_secret = is_root ? std::string() : bound_by(call.principal, key);
    key.rate_limit_per_minute = service::api_keys::default_rate_limit(key.mode);
    const auto made_by = is_root ? std::nullopt : std::optional(call.principal.key_id);
    const auto secret = service::api_keys::create(call.session(), key, made_by, call.scope.at);
    auto value = app::api_key_value(key, call.scope.at);
    value.set("secret", secret);
    value.set("signing_secret", json::Value::string_or_null_if_empty(signing_secret));
    return value;
}

json::Value create(app::Call& call, OrganizationBody& body) {
    OrganizationRow row;
    row.id = call.new_id<OrganizationNoun>();
    row.root_id = row.id;
    row.base_currency = body.base_currency_code.content.value_or("USD");
    row.chart = body.chart.content.value_or("standard");
    apply(body, row);
    const bool is_operator = call.principal.is_operator();
    if (!is_operator) place_below_parent(call, body, row);
    organizations::create(call.session(), row, body.initial_credits.content.value_or(default_initial_credits),
                          call.scope.at);
    if (is_operator) {
        call.scope.books = organizations::scope_of(call.session(), row.id)->books(true);
    }
    call.scope.note("organization", to_text(row.id), "organization.created");
    auto value = organization_value(row, call.principal.livemode());
    if (is_operator || row.relationship_type == "linked") value.set("api_key", first_key(call, row));
    return value;
}

}  // namespace

organizations::OrganizationScope reached_parent(app::Call& call, const OrganizationId& id) {
    auto parent = organizations::scope_of(call.session(), id);
    if (!parent || !call.principal.reaches(*parent))
        throw faulty_field("parent_organization_id", "is not an organization within reach of this key");
    if (parent->is_suspended)
        throw Error(ErrorCode::organization_suspended, "The parent organization is suspended.");
    return std::move(*parent);
}

OrganizationRow locked(app::Call& call) {
    const auto id = call.path_id<OrganizationNoun>("organization_id");
    auto row =
        organizations::lock(call.session(), id) ? organizations::get(call.session(), id) : std::nullopt;
    if (!row) app::Call::throw_not_found();
    return std::move(*row);
}

json::Value current_organization(app::Call& call) {
    return organization_value(locked(call), call.principal.livemode());
}

namespace {

json::Value update(app::Call& call, OrganizationBody& body) {
    auto row = locked(call);
    apply(body, row);
    row.updated_at = call.scope.at;
    organizations::update(call.session(), row);
    call.scope.note("organization", to_text(row.id), "organization.updated");
    return organization_value(row, call.principal.livemode());
}

void forget(app::Stores& stores, const app::CallInput& input) {
    std::optional<organizations::OrganizationScope> scope;
    app::with_reader(stores, [&](store::Session& session) {
        scope = organizations::scope_of(session, input.books.organization_id);
    });
    if (scope) app::Gate::forget_organization(stores, scope->id, scope->version);
}

// One act under several paths, each an operation with a name of its own.
constexpr app::Operation creation(std::string_view name) {
    return {
        .name = name,
        .permission = {"organizations", "write"},
        .credits = 5,
        .status = 201,
        .resource_object = "organization",
        .resource_prefix = OrganizationNoun::prefix,
        .has_secret_reply = true,
        .read = app::read_body<OrganizationBody, read_creation>,
        .run = app::run_body<OrganizationBody, create>,
    };
}

}  // namespace

const app::Operation create_organization = creation("organizations.create");
const app::Operation create_root = creation("organizations.create_root");
const app::Operation create_child = creation("organizations.create_child");

const app::Operation update_organization{
    .name = "organizations.update",
    .permission = {"organizations", "write"},
    .resource_object = "organization",
    .read = app::read_body<OrganizationBody, read_change>,
    .run = app::run_body<OrganizationBody, update>,
    .current = current_organization,
    .after_commit = forget,
};

}  // namespace crane::organizations
