#include "handlers/api_keys/json.h"

#include <algorithm>

#include "shared/base/ip_range.h"

namespace crane::api_keys {
namespace {

constexpr std::int64_t most_requests_per_minute = 10'000'000;

bool is_family_name(std::string_view name) {
    if (name == "*") return true;
    return !name.empty() && name.size() <= 32 &&
           std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

// {"accounts":["read","write"],"*":["read"]}
std::optional<service::api_keys::Permissions> read_permissions(json::Reader& reader) {
    const auto given = reader.view("permissions");
    if (given.is_null()) return std::nullopt;
    if (given.kind() != json::Kind::object || given.size() > 50) {
        reader.fault("permissions",
                     "must be an object of families, each with a list of read, write and delete");
        return std::nullopt;
    }
    service::api_keys::Permissions permissions;
    given.for_each([&](json::View family) {
        const auto path = "permissions." + std::string(family.name());
        if (!is_family_name(family.name())) return reader.fault(path, "is not a family of routes");
        if (family.kind() != json::Kind::array || family.size() > 10)
            return reader.fault(path, "must be a list of actions");
        auto& actions = permissions[std::string(family.name())];
        family.for_each([&](json::View action) {
            const bool is_action = action.kind() == json::Kind::string &&
                                   service::api_keys::is_action(family.name(), action.text());
            if (!is_action)
                return reader.fault(path, "can hold read, write and delete, for drafts approve too");
            actions.emplace(action.text());
        });
    });
    return permissions;
}

void read_common(json::Reader& reader, KeyBody& body, json::Presence name_presence) {
    body.name = reader.text("name", 255, name_presence);
    body.description = reader.text("description", 1000);
    body.permissions = read_permissions(reader);
    body.allowed_ips = reader.texts("allowed_ips", 50, 50);
    if (body.allowed_ips.has_value()) {
        for (std::size_t i = 0; i < body.allowed_ips.content->size(); ++i) {
            if (parse_ip_range((*body.allowed_ips.content)[i])) continue;
            reader.fault("allowed_ips[" + std::to_string(i) + "]",
                         "must be an address or a range such as 203.0.113.0/24");
        }
    }
    body.require_signature = reader.boolean("require_signature");
    body.expires_at = reader.timestamp("expires_at");
    body.rate_limit_per_minute = reader.integer("rate_limit_per_minute", 1, most_requests_per_minute);
}

}  // namespace

KeyBody read_creation(json::Reader& reader, app::Call&) {
    KeyBody body;
    read_common(reader, body, json::Presence::required);
    body.mode = reader.choice("mode", {"live", "test"});
    body.include_children = reader.boolean("include_children");
    body.with_signing_secret = reader.boolean("with_signing_secret");
    return body;
}

KeyBody read_change(json::Reader& reader, app::Call&) {
    KeyBody body;
    read_common(reader, body, json::Presence::optional);
    if (body.name.content == "") {
        reader.fault("name", "must not be empty");
    }
    return body;
}

RotationBody read_rotation(json::Reader& reader, app::Call&) {
    RotationBody body;
    body.overlap_seconds = reader.integer("overlap_seconds", 0, service::api_keys::longest_overlap_seconds);
    body.with_signing_secret = reader.boolean("with_signing_secret");
    return body;
}

}  // namespace crane::api_keys
