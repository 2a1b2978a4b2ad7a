#include "handlers/drafts/operations.h"

#include "handlers/drafts/drafted.h"
#include "handlers/drafts/json.h"
#include "shared/service/api_keys.h"

namespace crane::drafts {
namespace {

namespace drafts = service::drafts;
using drafts::Action;
using drafts::DraftRow;

void apply(const DraftBody& body, DraftRow& draft) {
    if (body.path_parameters) draft.path_parameters = *body.path_parameters;
    if (body.payload) draft.payload = *body.payload;
}

void validate(app::Call& call, DraftRow& draft) {
    draft.validation = Drafted(call, draft).validation().dump();
}

DraftRow locked(app::Call& call) {
    return drafts::lock(call.scope, call.path_id<DraftNoun>("draft_id"));
}

DraftRow locked_for(app::Call& call, Action action) {
    auto draft = locked(call);
    drafts::refuse_state(draft, action);
    return draft;
}

json::Value create(app::Call& call, DraftBody& body) {
    DraftRow draft;
    draft.id = call.new_id<DraftNoun>();
    draft.operation = *body.operation.content;
    apply(body, draft);
    validate(call, draft);
    drafts::create(call.scope, draft);
    return draft_value(call.books(), draft);
}

json::Value update(app::Call& call, DraftBody& body) {
    auto draft = locked_for(call, Action::update);
    apply(body, draft);
    validate(call, draft);
    drafts::update(call.scope, draft);
    return draft_value(call.books(), draft);
}

json::Value validate_again(app::Call& call, void*) {
    auto draft = locked_for(call, Action::validate);
    validate(call, draft);
    drafts::keep_validation(call.scope, draft);
    return draft_value(call.books(), draft);
}

json::Value remove(app::Call& call, void*) {
    drafts::remove(call.scope, locked_for(call, Action::remove));
    return json::Value::null();
}

json::Value approve(app::Call& call, void*) {
    auto draft = locked_for(call, Action::approve);
    Drafted drafted(call, draft);
    drafted.require_permission();
    drafted.run(draft);
    draft.validation = R"({"valid":true,"errors":[]})";
    drafts::approve(call.scope, draft);
    return draft_value(call.books(), draft);
}

json::Value reject(app::Call& call, RejectionBody& body) {
    auto draft = locked_for(call, Action::reject);
    draft.reason = body.reason.content.value_or("");
    drafts::reject(call.scope, draft);
    return draft_value(call.books(), draft);
}

json::Value current(app::Call& call) {
    return draft_value(call.books(), locked(call));
}

constexpr app::Permission may_write{"drafts", "write"};
constexpr app::Permission may_approve{"drafts", service::api_keys::approve};

}  // namespace

const app::Operation create_draft{
    .name = "drafts.create",
    .permission = may_write,
    .status = 201,
    .resource_object = "draft",
    .resource_prefix = DraftNoun::prefix,
    .is_never_queued = true,
    .read = app::read_body<DraftBody, read_creation>,
    .run = app::run_body<DraftBody, create>,
};

const app::Operation update_draft{
    .name = "drafts.update",
    .permission = may_write,
    .resource_object = "draft",
    .is_never_queued = true,
    .read = app::read_body<DraftBody, read_change>,
    .run = app::run_body<DraftBody, update>,
    .current = current,
};

const app::Operation delete_draft{
    .name = "drafts.delete",
    .permission = {"drafts", "delete"},
    .status = 204,
    .resource_object = "draft",
    .is_never_queued = true,
    .run = remove,
    .current = current,
};

const app::Operation validate_draft{
    .name = "drafts.validate",
    .permission = may_write,
    .resource_object = "draft",
    .is_never_queued = true,
    .run = validate_again,
    .current = current,
};

const app::Operation approve_draft{
    .name = "drafts.approve",
    .permission = may_approve,
    .credits_text = "the operation's",
    .resource_object = "draft",
    .is_never_queued = true,
    .run = approve,
    .current = current,
};

const app::Operation reject_draft{
    .name = "drafts.reject",
    .permission = may_approve,
    .resource_object = "draft",
    .is_never_queued = true,
    .read = app::read_body<RejectionBody, read_rejection>,
    .is_body_optional = true,
    .run = app::run_body<RejectionBody, reject>,
    .current = current,
};

}  // namespace crane::drafts
