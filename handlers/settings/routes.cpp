#include "handlers/settings/routes.h"

#include <algorithm>

#include "handlers/settings/json.h"
#include "handlers/settings/operations.h"

namespace crane::settings {
namespace {

using service::settings::Setting;

// The table of settings is not in the store, so its pages are cut here.
const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{.query = {},
                                                  .id_column = "key",
                                                  .id_prefix = {},
                                                  .sorts = {{"key", "key"}},
                                                  .is_default_descending = false,
                                                  .default_limit = 100};
    return definition;
}

std::size_t place_of(const std::vector<Setting>& settings, const store::Value& key, const char* parameter) {
    const auto found =
        std::ranges::find(settings, key.text(), [](const Setting& setting) { return setting.kind->key; });
    if (found == settings.end()) throw faulty_field(parameter, "is not a key of this list");
    return static_cast<std::size_t>(found - settings.begin());
}

struct Cut {
    std::size_t from = 0;
    std::size_t to = 0;
    bool has_more = false;
};

Cut cut_page(const std::vector<Setting>& settings, const store::ListRequest& request) {
    const auto limit = static_cast<std::size_t>(request.limit);
    if (request.ending_before) {
        const auto to = place_of(settings, *request.ending_before, "ending_before");
        return {to - std::min(to, limit), to, to > limit};
    }
    auto from = std::min(static_cast<std::size_t>(request.offset), settings.size());
    if (request.starting_after) from = place_of(settings, *request.starting_after, "starting_after") + 1;
    const auto to = std::min(settings.size(), from + limit);
    return {from, to, to < settings.size()};
}

json::Value list(app::Call& call) {
    auto settings = service::settings::all(call.session(), call.books());
    if (call.principal.is_operator()) {
        std::erase_if(settings, [](const Setting& setting) { return !setting.kind->is_operator_only(); });
    }
    if (call.list->is_descending) std::ranges::reverse(settings);
    const auto cut = cut_page(settings, *call.list);
    std::vector<json::Value> items;
    items.reserve(cut.to - cut.from);
    for (auto i = cut.from; i < cut.to; ++i) items.push_back(setting_value(call.books(), settings[i]));
    return app::list_value(std::move(items), {cut.has_more, static_cast<std::int64_t>(settings.size())});
}

json::Value get(app::Call& call) {
    const auto& kind = setting_in_path(call);
    return setting_value(call.books(), service::settings::get(call.session(), call.books(), kind));
}

}  // namespace

app::Family family() {
    const app::Permission may_read{"settings", "read"};
    constexpr std::string_view all = "/organizations/{organization_id}/settings";
    constexpr std::string_view one = "/organizations/{organization_id}/settings/{setting_key}";
    return {"settings",
            {
                {.method = "GET",
                 .pattern = all,
                 .permission = may_read,
                 .read = list,
                 .list = list_definition,
                 .is_operator_allowed = true},
                {.method = "GET",
                 .pattern = one,
                 .permission = may_read,
                 .read = get,
                 .shape = app::Shape::resource,
                 .is_operator_allowed = true},
                {.method = "PUT",
                 .pattern = one,
                 .permission = update_setting.permission,
                 .operation = &update_setting,
                 .is_operator_allowed = true},
            }};
}

}  // namespace crane::settings
