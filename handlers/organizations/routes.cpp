#include "handlers/organizations/routes.h"

#include "handlers/organizations/billing_routes.h"
#include "handlers/organizations/json.h"
#include "handlers/organizations/operations.h"
#include "handlers/organizations/relations.h"

namespace crane::organizations {
namespace {

namespace organizations = service::organizations;

// A key sees its organization, and those below it where include_children is true.
json::Value list(app::Call& call) {
    std::vector<organizations::OrganizationRow> rows;
    store::Page page;
    if (call.principal.is_operator()) {
        page = store::read_page(call.session(), organizations::list_all_definition(), *call.list, {},
                                organizations::read, rows);
    } else {
        const std::int64_t most_distance = call.principal.include_children ? organizations::any_distance : 0;
        const store::Values scope{*call.principal.organization_id, most_distance};
        page = store::read_page(call.session(), organizations::list_definition(), *call.list, scope,
                                organizations::read, rows);
    }
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(organization_value(row, call.principal.livemode()));
    return app::list_value(std::move(items), page);
}

json::Value get(app::Call& call) {
    const auto row = organizations::get(call.session(), call.path_id<OrganizationNoun>("organization_id"));
    if (!row) app::Call::throw_not_found();
    return organization_value(*row, call.principal.livemode());
}

std::vector<app::Route> own_routes() {
    const app::Permission may_read{"organizations", "read"};
    constexpr std::string_view all = "/organizations";
    constexpr std::string_view one = "/organizations/{organization_id}";
    return {
        {.method = "POST",
         .pattern = "/accounts/master",
         .permission = create_root.permission,
         .operation = &create_root,
         .is_operator_only = true},
        {.method = "POST",
         .pattern = "/accounts/sub",
         .permission = create_child.permission,
         .operation = &create_child},
        {.method = "GET",
         .pattern = all,
         .permission = may_read,
         .read = list,
         .list = organizations::list_definition,
         .is_operator_allowed = true},
        {.method = "POST",
         .pattern = all,
         .permission = create_organization.permission,
         .operation = &create_organization,
         .is_operator_allowed = true},
        {.method = "GET",
         .pattern = one,
         .permission = may_read,
         .read = get,
         .shape = app::Shape::resource,
         .is_operator_allowed = true,
         .reach = app::Reach::record},
        {.method = "PUT",
         .pattern = one,
         .permission = update_organization.permission,
         .operation = &update_organization},
        {.method = "POST",
         .pattern = "/organizations/{organization_id}/suspend",
         .permission = suspend_organization.permission,
         .operation = &suspend_organization,
         .is_operator_only = true},
        {.method = "POST",
         .pattern = "/organizations/{organization_id}/resume",
         .permission = resume_organization.permission,
         .operation = &resume_organization,
         .is_operator_only = true},
        {.method = "POST",
         .pattern = "/organizations/{organization_id}/move",
         .permission = move_organization.permission,
         .operation = &move_organization},
        {.method = "GET",
         .pattern = "/organizations/{organization_id}/billing-organization",
         .permission = may_read,
         .read = billing_organization,
         .is_operator_allowed = true,
         .reach = app::Reach::record},
        {.method = "GET",
         .pattern = "/organizations/{organization_id}/consolidated-reporting",
         .permission = may_read,
         .read = consolidated_reporting,
         .is_operator_allowed = true},
        {.method = "GET",
         .pattern = "/organizations/can-share-data/{organization_a}/{organization_b}",
         .permission = may_read,
         .read = can_share_data,
         .is_operator_allowed = true},
    };
}

}  // namespace

app::Family family() {
    auto routes = own_routes();
    for (auto& route : billing_routes()) routes.push_back(std::move(route));
    return {"organizations", std::move(routes)};
}

}  // namespace crane::organizations
