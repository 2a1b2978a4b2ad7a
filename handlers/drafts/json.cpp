#include "handlers/drafts/json.h"

#include <algorithm>

#include "shared/app/operation_table.h"
#include "shared/base/text.h"

namespace crane::drafts {
namespace {

using app::OperationTable;

constexpr std::size_t most_parameter_characters = 64;

void read_payload(json::Reader& reader, DraftBody& body) {
    const auto given = reader.view("payload");
    if (given.is_null()) return;
    if (given.kind() != json::Kind::object) {
        reader.fault("payload", "must be a JSON object: the body of the operation");
        return;
    }
    body.payload = given.dump();
}

// Exactly what the operation's path names, each a text.
void check_parameters(json::Reader& reader, json::View given, const OperationTable::Entry& entry) {
    std::vector<std::string_view> seen;
    given.for_each([&](json::View parameter) {
        const auto name = "path_parameters." + std::string(parameter.name());
        if (std::ranges::find(seen, parameter.name()) != seen.end())
            return reader.fault(name, "is given twice");
        seen.push_back(parameter.name());
        if (std::ranges::find(entry.path_parameters, parameter.name()) == entry.path_parameters.end()) {
            return reader.fault(name, "is not in the path of " + std::string(entry.operation->name));
        }
        const bool is_text = parameter.kind() == json::Kind::string && !parameter.text().empty();
        if (!is_text || count_characters(parameter.text()) > most_parameter_characters) {
            reader.fault(name, "must be a string of 1 to 64 characters");
        }
    });
    for (const auto& name : entry.path_parameters) {
        if (std::ranges::find(seen, name) == seen.end())
            reader.fault("path_parameters." + std::string(name), "is required");
    }
}

// `entry` is nullptr when the operation is a fault already.
void read_parameters(json::Reader& reader, const OperationTable::Entry* entry, json::Presence presence,
                     DraftBody& body) {
    const auto given = reader.view("path_parameters");
    if (given.exists() && given.kind() != json::Kind::object) {
        if (!given.is_null()) reader.fault("path_parameters", "must be an object of strings");
        return;
    }
    const bool is_asked = given.exists() || presence == json::Presence::required;
    if (entry == nullptr || !is_asked) return;
    check_parameters(reader, given, *entry);
    if (given.exists()) body.path_parameters = given.dump();
}

const OperationTable::Entry* find_draftable(json::Reader& reader, const app::Call& call,
                                            const json::Field<std::string>& name) {
    if (!name.has_value()) return nullptr;
    const auto* const entry = call.operations->find(*name.content);
    if (entry == nullptr) {
        reader.fault("operation", "is not an operation; the reference names them all");
        return nullptr;
    }
    if (entry->operation->can_be_drafted()) return entry;
    reader.fault("operation", "cannot be drafted: it is only ever run directly");
    return nullptr;
}

json::Value id_or_null(const auto& id) {
    return id ? json::Value::string(to_text(*id)) : json::Value::null();
}

json::Value resource_value(const service::drafts::DraftRow& draft) {
    if (draft.resource_object.empty()) return json::Value::null();
    auto resource = json::Value::object();
    resource.set("object", draft.resource_object).set("id", draft.resource_id);
    return resource;
}

}  // namespace

json::Value draft_value(const service::Books& books, const service::drafts::DraftRow& draft) {
    auto value = json::Value::object();
    value.set("id", to_text(draft.id)).set("object", "draft");
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    value.set("operation", draft.operation);
    value.set("path_parameters", json::Value::raw(draft.path_parameters));
    value.set("payload", json::Value::raw(draft.payload));
    value.set("status", draft.status).set("validation", json::Value::raw(draft.validation));
    value.set("reason", json::Value::string_or_null_if_empty(draft.reason));
    value.set("resource", resource_value(draft));
    value.set("result", draft.result ? json::Value::raw(*draft.result) : json::Value::null());
    value.set("job_id", id_or_null(draft.job_id));
    value.set("created_by", to_text(draft.created_by)).set("decided_by", id_or_null(draft.decided_by));
    value.set("decided_at", draft.decided_at ? json::Value::string(format_timestamp(*draft.decided_at))
                                             : json::Value::null());
    value.set("created_at", format_timestamp(draft.created_at));
    value.set("updated_at", format_timestamp(draft.updated_at));
    return value;
}

DraftBody read_creation(json::Reader& reader, app::Call& call) {
    DraftBody body;
    body.operation = reader.text("operation", 64, json::Presence::required);
    const auto* const entry = find_draftable(reader, call, body.operation);
    read_parameters(reader, entry, json::Presence::required, body);
    read_payload(reader, body);
    return body;
}

DraftBody read_change(json::Reader& reader, app::Call& call) {
    DraftBody body;
    const OperationTable::Entry* entry = nullptr;
    if (!call.path.empty()) {  // no probe, which asks for the fields' names
        const auto draft =
            service::drafts::get(call.session(), call.books().books_id, call.path_id<DraftNoun>("draft_id"));
        if (!draft) app::Call::throw_not_found();
        entry = call.operations->find(draft->operation);
    }
    read_parameters(reader, entry, json::Presence::optional, body);
    read_payload(reader, body);
    return body;
}

RejectionBody read_rejection(json::Reader& reader, app::Call&) {
    RejectionBody body;
    body.reason = reader.text("reason", 1000);
    return body;
}

}  // namespace crane::drafts
