#include "handlers/api_keys/routes.h"

#include "handlers/api_keys/operations.h"
#include "shared/app/key_value.h"

namespace crane::api_keys {
namespace {

namespace api_keys = service::api_keys;

// Keys of the same mode as the one that asks.
json::Value list(app::Call& call) {
    std::vector<api_keys::ApiKeyRow> rows;
    const store::Values scope{call.books().organization_id, call.principal.mode};
    const auto page = store::read_page(call.session(), api_keys::list_definition(), *call.list, scope,
                                       api_keys::read, rows);
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(app::api_key_value(row, call.scope.at));
    return app::list_value(std::move(items), page);
}

json::Value get(app::Call& call) {
    const auto row =
        api_keys::get(call.session(), call.books().organization_id, call.path_id<ApiKeyNoun>("api_key_id"));
    if (!row || row->livemode() != call.books().livemode) app::Call::throw_not_found();
    return app::api_key_value(*row, call.scope.at);
}

}  // namespace

app::Family family() {
    const app::Permission may_read{"api_keys", "read"};
    constexpr std::string_view all = "/organizations/{organization_id}/api-keys";
    constexpr std::string_view one = "/organizations/{organization_id}/api-keys/{api_key_id}";
    return {"api_keys",
            {
                {.method = "GET",
                 .pattern = all,
                 .permission = may_read,
                 .read = list,
                 .list = api_keys::list_definition},
                {.method = "POST",
                 .pattern = all,
                 .permission = create_api_key.permission,
                 .operation = &create_api_key},
                {.method = "GET",
                 .pattern = one,
                 .permission = may_read,
                 .read = get,
                 .shape = app::Shape::resource},
                {.method = "PUT",
                 .pattern = one,
                 .permission = update_api_key.permission,
                 .operation = &update_api_key,
                 .is_operator_allowed = true},
                {.method = "POST",
                 .pattern = "/organizations/{organization_id}/api-keys/{api_key_id}/rotate",
                 .permission = rotate_api_key.permission,
                 .operation = &rotate_api_key},
                {.method = "DELETE",
                 .pattern = one,
                 .permission = revoke_api_key.permission,
                 .operation = &revoke_api_key},
            }};
}

}  // namespace crane::api_keys
