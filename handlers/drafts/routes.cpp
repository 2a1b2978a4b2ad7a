#include "handlers/drafts/routes.h"

#include "handlers/drafts/json.h"
#include "handlers/drafts/operations.h"

namespace crane::drafts {
namespace {

json::Value list(app::Call& call) {
    std::vector<service::drafts::DraftRow> rows;
    const store::Values scope{call.books().books_id};
    const auto page = store::read_page(call.session(), service::drafts::list_definition(), *call.list, scope,
                                       service::drafts::read, rows);
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(draft_value(call.books(), row));
    return app::list_value(std::move(items), page);
}

json::Value get(app::Call& call) {
    const auto draft =
        service::drafts::get(call.session(), call.books().books_id, call.path_id<DraftNoun>("draft_id"));
    if (!draft) app::Call::throw_not_found();
    return draft_value(call.books(), *draft);
}

app::Route write(std::string_view method, std::string_view pattern, const app::Operation& operation) {
    return {
        .method = method, .pattern = pattern, .permission = operation.permission, .operation = &operation};
}

}  // namespace

app::Family family() {
    const app::Permission may_read{"drafts", "read"};
    constexpr std::string_view all = "/organizations/{organization_id}/drafts";
    constexpr std::string_view one = "/organizations/{organization_id}/drafts/{draft_id}";
    return {"drafts",
            {
                {.method = "GET",
                 .pattern = all,
                 .permission = may_read,
                 .read = list,
                 .list = service::drafts::list_definition},
                write("POST", all, create_draft),
                {.method = "GET",
                 .pattern = one,
                 .permission = may_read,
                 .read = get,
                 .shape = app::Shape::resource},
                write("PUT", one, update_draft),
                write("DELETE", one, delete_draft),
                write("POST", "/organizations/{organization_id}/drafts/{draft_id}/validate", validate_draft),
                write("POST", "/organizations/{organization_id}/drafts/{draft_id}/approve", approve_draft),
                write("POST", "/organizations/{organization_id}/drafts/{draft_id}/reject", reject_draft),
            }};
}

}  // namespace crane::drafts
