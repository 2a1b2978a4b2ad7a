#include "handlers/drafts/drafted.h"

#include "shared/app/job_queue.h"
#include "shared/app/operation_table.h"
#include "shared/app/replies.h"

namespace crane::drafts {

using service::drafts::DraftRow;

Drafted::Drafted(app::Call& call, const DraftRow& draft) : call_(call), payload_(json::parse(draft.payload)) {
    const auto* const entry = call.operations->find(draft.operation);
    if (entry == nullptr || !entry->operation->can_be_drafted()) {
        throw Error(ErrorCode::invalid_state, "There is no operation " + draft.operation + " any more.");
    }
    operation_ = entry->operation;
    input_.books = call.books();
    input_.actor = call.scope.actor;
    input_.actor.operation = operation_->name;
    input_.principal = call.principal;
    input_.path.emplace("organization_id", to_text(call.books().organization_id));
    const auto parameters = json::parse(draft.path_parameters);
    parameters.root().for_each(
        [&](json::View parameter) { input_.path.emplace(parameter.name(), parameter.text()); });
    input_.resource_id = app::resource_id_for(*operation_, input_.path);
}

app::Call Drafted::operation_call() const {
    auto call = input_.call(call_.session());
    call.scope.at = call_.scope.at;
    return call;
}

app::Body Drafted::read_body(app::Call& call) const {
    app::refuse_unread_body(*operation_, payload_.root());
    return app::read_operation_body(*operation_, payload_.root(), call);
}

json::Value Drafted::validation() {
    const auto refusal = app::refusal_in_savepoint(call_.session(), [&] {
        auto call = operation_call();
        const auto body = read_body(call);
        app::try_operation(*operation_, call, body.get());
    });
    auto errors = json::Value::array();
    if (refusal) errors.push(app::error_body(*refusal));
    auto value = json::Value::object();
    value.set("valid", json::Value::boolean(!refusal.has_value())).set("errors", std::move(errors));
    return value;
}

void Drafted::require_permission() const {
    app::require_permission(call_.principal, operation_->permission);
}

void Drafted::run(DraftRow& draft) {
    auto call = operation_call();
    const auto body = read_body(call);
    draft.resource_object = operation_->resource_object;
    if (!draft.resource_object.empty()) draft.resource_id = input_.resource_id;
    const bool is_direct_body = operation_->is_direct != nullptr && operation_->is_direct(body.get());
    if (operation_->mode == app::Mode::queued && !is_direct_body) return accept(draft, body.get());
    const auto value = app::run_charged(*operation_, call, body.get());
    if (operation_->status != 204) draft.result = value.dump();
    call_.outcome.credits += call.outcome.credits;
    call_.outcome.after_commit.emplace_back([operation = operation_, input = input_](app::Stores& stores) {
        app::tell_caches(stores, *operation, input, input.books,
                         0);  // the credits are told with the approval
    });
}

// What can be refused is refused now; the job's row commits with the approval.
void Drafted::accept(DraftRow& draft, void* body) {
    const auto refusal = app::refusal_in_savepoint(call_.session(), [&] {
        auto call = operation_call();
        app::try_operation(*operation_, call, body);
    });
    if (refusal) throw Error(*refusal);
    const auto books_id = input_.books.books_id;
    auto job = app::new_job(*operation_, input_, body);
    service::jobs::refuse_flood(call_.session(), books_id);
    service::jobs::insert(call_.session(), books_id, job, app::write_job_request(input_, draft.payload));
    draft.job_id = job.id;
    call_.outcome.job = std::move(job);
    call_.outcome.after_commit.emplace_back([books_id](app::Stores& stores) { app::ring(stores, books_id); });
}

}  // namespace crane::drafts
