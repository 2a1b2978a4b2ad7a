// Drafts on the wire.
#pragma once

#include "shared/app/operation.h"
#include "shared/service/drafts.h"

namespace crane::drafts {

json::Value draft_value(const service::Books& books, const service::drafts::DraftRow& draft);

// A creation or a change: what is not given stays as it is.
struct DraftBody {
    json::Field<std::string> operation;
    std::optional<std::string> path_parameters;  // JSON, checked against the operation's path
    std::optional<std::string> payload;          // JSON
};
DraftBody read_creation(json::Reader& reader, app::Call& call);
// Throws Error{resource_not_found} for a draft that there is not.
DraftBody read_change(json::Reader& reader, app::Call& call);

struct RejectionBody {
    json::Field<std::string> reason;
};
RejectionBody read_rejection(json::Reader& reader, app::Call& call);

}  // namespace crane::drafts
