#include "shared/service/drafts.h"

#include <algorithm>
#include <array>

#include "shared/base/error.h"
#include "shared/json/json.h"
#include "shared/store/queries.h"

namespace crane::service::drafts {
namespace {

struct Step {
    std::string_view from;
    Action action;
    std::string_view to;
    std::string_view done;  // "approved": only an open draft can be …
    const char* event_type;
};

// What can be done with a draft.
constexpr std::array<Step, 5> steps{{
    {"open", Action::update, "open", "changed", "draft.updated"},
    {"open", Action::validate, "open", "validated", "draft.validated"},
    {"open", Action::remove, "", "deleted", "draft.deleted"},
    {"open", Action::approve, "approved", "approved", "draft.approved"},
    {"open", Action::reject, "rejected", "rejected", "draft.rejected"},
}};

const Step& step_of(Action action) {
    return *std::ranges::find(steps, action, &Step::action);
}

void note(Scope& scope, const DraftRow& draft, const char* event_type) {
    auto metadata = json::Value::object();
    metadata.set("operation", draft.operation);
    scope.note("draft", to_text(draft.id), event_type, metadata.dump());
}

void write(Scope& scope, DraftRow& draft, Action action) {
    const auto& step = step_of(action);
    draft.status = step.to;
    draft.updated_at = scope.at;
    if (step.to != step.from) {
        draft.decided_by = scope.actor.api_key_id;
        draft.decided_at = scope.at;
    }
    scope.session.execute(
        sql::drafts_update,
        {draft.path_parameters, draft.payload, draft.status, draft.validation, draft.reason,
         draft.resource_object, draft.resource_id, draft.result, draft.job_id, draft.decided_by,
         draft.decided_at, draft.updated_at, scope.books.books_id, draft.id});
    note(scope, draft, step.event_type);
}

}  // namespace

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::drafts_list,
        .id_column = "d.id",
        .id_prefix = DraftNoun::prefix,
        .sorts = {{"created_at", "d.created_at", "drafts_by_created_at"}},
        .filters = {{.name = "status",
                     .column = "d.status",
                     .index = {"drafts_by_status", "d.created_at"},
                     .choices = {"open", "approved", "rejected"}},
                    {.name = "operation",
                     .column = "d.operation",
                     .index = {"drafts_by_operation", "d.created_at"}},
                    {"created_at", "d.created_at", store::FieldType::timestamp, true}},
    };
    return definition;
}

DraftRow read(store::Rows& rows) {
    DraftRow row;
    row.id = rows.id<DraftNoun>();
    row.operation = rows.text();
    row.path_parameters = rows.text();
    row.payload = rows.text();
    row.status = rows.text();
    row.validation = rows.text();
    row.reason = rows.text();
    row.resource_object = rows.text();
    row.resource_id = rows.text();
    row.result = rows.optional_text();
    row.job_id = rows.optional_id<JobNoun>();
    row.created_by = rows.id<ApiKeyNoun>();
    row.decided_by = rows.optional_id<ApiKeyNoun>();
    row.decided_at = rows.optional_timestamp();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

std::optional<DraftRow> get(store::Session& session, std::uint32_t books_id, const DraftId& id) {
    auto rows = session.query(sql::drafts_get, {books_id, id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

DraftRow lock(Scope& scope, const DraftId& id) {
    auto rows = scope.session.query(sql::drafts_lock, {scope.books.books_id, id});
    if (!rows.next()) throw Error(ErrorCode::resource_not_found, "There is no such draft.");
    return read(rows);
}

void refuse_state(const DraftRow& draft, Action action) {
    const auto& step = step_of(action);
    if (draft.status == step.from) return;
    Error error(ErrorCode::invalid_state, "The draft is " + draft.status + "; only an " +
                                              std::string(step.from) + " one can be " +
                                              std::string(step.done) + ".");
    error.with("status", draft.status);
    throw error;
}

void create(Scope& scope, DraftRow& draft) {
    draft.created_by = scope.actor.api_key_id.value_or(ApiKeyId{});
    draft.created_at = draft.updated_at = scope.at;
    scope.session.execute(sql::drafts_insert,
                          {scope.books.books_id, draft.id, draft.operation, draft.path_parameters,
                           draft.payload, draft.validation, draft.created_by, scope.at, scope.at});
    note(scope, draft, "draft.created");
}

void update(Scope& scope, DraftRow& draft) {
    write(scope, draft, Action::update);
}

void keep_validation(Scope& scope, DraftRow& draft) {
    write(scope, draft, Action::validate);
}

void approve(Scope& scope, DraftRow& draft) {
    write(scope, draft, Action::approve);
}

void reject(Scope& scope, DraftRow& draft) {
    write(scope, draft, Action::reject);
}

void remove(Scope& scope, const DraftRow& draft) {
    scope.session.execute(sql::drafts_delete, {scope.books.books_id, draft.id});
    note(scope, draft, step_of(Action::remove).event_type);
}

}  // namespace crane::service::drafts
