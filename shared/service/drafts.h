// Drafts: operations that wait for approval, with what they would be refused
// with. Running one is the programs' business.
//
// open → approved | rejected; while open it is changed, validated, deleted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::drafts {

struct DraftRow {
    DraftId id;
    std::string operation;
    std::string path_parameters = "{}";  // JSON object of texts
    std::string payload = "{}";          // JSON object
    std::string status = "open";
    std::string validation;       // JSON: {"valid","errors"}
    std::string reason;           // of a rejection
    std::string resource_object;  // of an approved one; empty: no single resource
    std::string resource_id;
    std::optional<std::string> result;  // JSON, of an approved one that ran at once
    std::optional<JobId> job_id;        // of an approved one that was queued
    ApiKeyId created_by;
    std::optional<ApiKeyId> decided_by;
    std::optional<Timestamp> decided_at;
    Timestamp created_at;
    Timestamp updated_at;
};

enum class Action : std::uint8_t { update, validate, remove, approve, reject };

const store::ListDefinition& list_definition();
DraftRow read(store::Rows& rows);
std::optional<DraftRow> get(store::Session& session, std::uint32_t books_id, const DraftId& id);

// Held until the session ends. Throws Error{resource_not_found}.
DraftRow lock(Scope& scope, const DraftId& id);
// Throws Error{invalid_state} when a draft of this status does not allow it.
void refuse_state(const DraftRow& draft, Action action);

// Each notes its event; `draft` is locked and allows it. They set what the
// action decides by itself: status, who, when.
void create(Scope& scope, DraftRow& draft);
void update(Scope& scope, DraftRow& draft);
void keep_validation(Scope& scope, DraftRow& draft);
void approve(Scope& scope, DraftRow& draft);
void reject(Scope& scope, DraftRow& draft);
void remove(Scope& scope, const DraftRow& draft);

}  // namespace crane::service::drafts
