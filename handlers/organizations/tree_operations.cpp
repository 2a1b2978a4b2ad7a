// Suspending, resuming and moving: what holds for an organization and all below it.
#include "handlers/organizations/json.h"
#include "handlers/organizations/operations.h"
#include "shared/app/execution.h"
#include "shared/app/forget_below.h"
#include "shared/app/stores.h"
#include "shared/service/organization_tree.h"

namespace crane::organizations {
namespace {

namespace tree = service::organization_tree;

struct Reason {
    std::string text;
};

Reason read_reason(json::Reader& reader, app::Call&) {
    const auto reason = reader.text("reason", 1000, json::Presence::required);
    return {reason.content.value_or("")};
}

json::Value suspend(app::Call& call, Reason& reason) {
    auto row = locked(call);
    tree::suspend(call.session(), row, reason.text, call.scope.at);
    call.scope.note("organization", to_text(row.id), "organization.suspended");
    return organization_value(row, call.principal.livemode());
}

json::Value resume(app::Call& call, void*) {
    auto row = locked(call);
    auto before = json::Value::object();
    if (row.suspended_at) before.set("suspended_at", format_timestamp(*row.suspended_at));
    before.set("suspension_reason", row.suspension_reason);
    tree::resume(call.session(), row, call.scope.at);
    auto after = json::Value::object();
    after.set("suspended_at", json::Value::null()).set("suspension_reason", json::Value::null());
    auto changes = json::Value::object();
    changes.set("before", std::move(before)).set("after", std::move(after));
    call.scope.note("organization", to_text(row.id), "organization.resumed", changes.dump());
    return organization_value(row, call.principal.livemode());
}

struct Target {
    OrganizationId parent_id;
};

Target read_target(json::Reader& reader, app::Call&) {
    return {reader.id<OrganizationNoun>("parent_organization_id", json::Presence::required)
                .content.value_or(OrganizationId{})};
}

// Whoever moves an organization is above it: reaches it and is not it.
json::Value move(app::Call& call, Target& target) {
    auto row = locked(call);
    if (row.id == *call.principal.organization_id) {
        throw Error(ErrorCode::insufficient_permissions,
                    "An organization is moved with a key of one above it, not with its own.");
    }
    reached_parent(call, target.parent_id);
    tree::move(call.session(), row, target.parent_id, call.scope.at);
    call.scope.note("organization", to_text(row.id), "organization.moved");
    return organization_value(row, call.principal.livemode());
}

void forget(app::Stores& stores, const app::CallInput& input) {
    app::forget_below(stores, input.books.organization_id);
}

}  // namespace

const app::Operation suspend_organization{
    .name = "organizations.suspend",
    .permission = {"organizations", "write"},
    .resource_object = "organization",
    .is_never_queued = true,
    .read = app::read_body<Reason, read_reason>,
    .run = app::run_body<Reason, suspend>,
    .current = current_organization,
    .after_commit = forget,
};

const app::Operation resume_organization{
    .name = "organizations.resume",
    .permission = {"organizations", "write"},
    .resource_object = "organization",
    .is_never_queued = true,
    .run = resume,
    .current = current_organization,
    .after_commit = forget,
};

const app::Operation move_organization{
    .name = "organizations.move",
    .permission = {"organizations", "write"},
    .resource_object = "organization",
    .is_never_queued = true,
    .read = app::read_body<Target, read_target>,
    .run = app::run_body<Target, move>,
    .current = current_organization,
    .after_commit = forget,
};

}  // namespace crane::organizations
