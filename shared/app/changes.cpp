#include "shared/app/changes.h"

#include <algorithm>

namespace crane::app {
namespace {

constexpr std::size_t longest_value = 8000;

bool is_secret(std::string_view name) {
    return name.ends_with("secret") || name.ends_with("password") || name.ends_with("token");
}

bool is_told(std::string_view name) {
    return name != "updated_at" && !is_secret(name);
}

// Collects the two sides of a comparison.
class Changes {
public:
    void add(std::string_view name, json::View before, json::View after) {
        const auto was = before.exists() ? before.dump() : std::string();
        const auto is = after.exists() ? after.dump() : std::string();
        if (was == is || !is_told(name)) return;
        if (was.size() > longest_value || is.size() > longest_value) {
            omitted_.push_back(json::Value::string(name));
            return;
        }
        if (before.exists()) before_.set_copied(name, json::Value::raw(was));
        if (after.exists()) after_.set_copied(name, json::Value::raw(is));
    }

    std::string dump(bool has_after) && {
        auto value = json::Value::object();
        value.set("before", std::move(before_));
        if (has_after) value.set("after", std::move(after_));
        if (!omitted_.empty()) {
            auto names = json::Value::array();
            for (auto& name : omitted_) names.push(std::move(name));
            value.set("omitted", std::move(names));
        }
        return value.dump();
    }

private:
    json::Value before_ = json::Value::object();
    json::Value after_ = json::Value::object();
    std::vector<json::Value> omitted_;
};

}  // namespace

std::string changes_between(std::string_view before, std::string_view after) {
    const auto was = json::parse(before);
    const auto is = json::parse(after);
    Changes changes;
    was.root().for_each(
        [&](json::View member) { changes.add(member.name(), member, is.root().member(member.name())); });
    is.root().for_each([&](json::View member) {
        if (!was.root().member(member.name()).exists()) changes.add(member.name(), json::View(), member);
    });
    return std::move(changes).dump(true);
}

std::string whole_before(std::string_view before) {
    const auto was = json::parse(before);
    Changes changes;
    was.root().for_each([&](json::View member) { changes.add(member.name(), member, json::View()); });
    return std::move(changes).dump(false);
}

std::vector<std::string> changed_fields(std::string_view metadata) {
    std::vector<std::string> names;
    if (metadata == "{}") return names;
    const auto document = json::parse(metadata);
    if (!document.root().member("after").exists()) return names;
    const auto add = [&](std::string_view name) {
        if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
    };
    for (const char* side : {"before", "after"}) {
        document.root().member(side).for_each([&](json::View member) { add(member.name()); });
    }
    document.root().member("omitted").for_each([&](json::View name) { add(name.text()); });
    return names;
}

bool tells_changes(const Operation& operation) {
    if (operation.current == nullptr) return false;
    return operation.status == 204 || (operation.status == 200 && operation.takes_body());
}

void tell_changes(service::Scope& scope, const Operation& operation, std::string_view before,
                  std::string_view after) {
    const auto was = json::parse(before);
    const auto id = was.root().member("id").text();
    const auto told = std::ranges::find_if(
        scope.events, [&](const auto& event) { return event.entity_id == id && event.metadata == "{}"; });
    if (told == scope.events.end()) return;
    if (operation.status == 204) {
        told->metadata = whole_before(before);
        return;
    }
    const auto is = json::parse(after);
    if (is.root().member("id").text() == id) told->metadata = changes_between(before, after);
}

}  // namespace crane::app
