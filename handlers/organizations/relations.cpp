#include "handlers/organizations/relations.h"

#include "shared/service/organization_tree.h"

namespace crane::organizations {
namespace {

namespace organizations = service::organizations;
namespace tree = service::organization_tree;

json::Value id_or_null(const std::optional<OrganizationId>& id) {
    return id ? json::Value::string(to_text(*id)) : json::Value::null();
}

json::Value member_value(const tree::Member& member) {
    auto value = json::Value::object();
    value.set("id", to_text(member.id)).set("name", member.name);
    value.set("is_root", json::Value::boolean(!member.parent_id.has_value()));
    value.set("parent_organization_id", id_or_null(member.parent_id));
    value.set("relationship_type", json::Value::string_or_null_if_empty(member.relationship_type));
    value.set("base_currency_code", member.base_currency);
    value.set("depth", json::Value::integer(member.distance));
    return value;
}

// One in the path that the key sees; any other is answered like an absent one.
organizations::OrganizationScope seen(app::Call& call, std::string_view name) {
    auto scope = organizations::scope_of(call.session(), call.path_id<OrganizationNoun>(name));
    if (!scope || !call.principal.sees(*scope)) app::Call::throw_not_found();
    return std::move(*scope);
}

std::string_view name_of(tree::Relation relation) {
    switch (relation) {
        case tree::Relation::same:
            return "same_organization";
        case tree::Relation::owned:
            return "owned";
        case tree::Relation::linked:
            return "linked";
        case tree::Relation::unrelated:
            return "unrelated";
    }
    return {};
}

}  // namespace

json::Value billing_organization(app::Call& call) {
    const auto& books = call.books();
    const auto root = organizations::get(call.session(), books.root_id);
    if (!root) app::Call::throw_not_found();
    auto value = json::Value::object();
    value.set("id", to_text(root->id)).set("object", "billing_organization");
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    value.set("name", root->name).set("billing_type", "shared");
    value.set("is_self", json::Value::boolean(root->id == books.organization_id));
    return value;
}

json::Value consolidated_reporting(app::Call& call) {
    const auto& books = call.books();
    const bool is_below_seen = call.principal.is_operator() || call.principal.include_children;
    const auto members = tree::consolidated(call.session(), books.organization_id,
                                            is_below_seen ? organizations::any_distance : 0);
    auto list = json::Value::array();
    for (const auto& member : members) list.push(member_value(member));
    auto value = json::Value::object();
    value.set("object", "consolidated_reporting").set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    value.set("base_currency_code", books.base_currency.code);
    value.set("organizations", std::move(list));
    return value;
}

json::Value can_share_data(app::Call& call) {
    const auto a = seen(call, "organization_a");
    const auto b = seen(call, "organization_b");
    const auto relation = tree::relation_of(a, b);
    auto value = json::Value::object();
    value.set("object", "data_sharing");
    value.set("organization_a", to_text(a.id)).set("organization_b", to_text(b.id));
    value.set("can_share_data",
              json::Value::boolean(relation == tree::Relation::same || relation == tree::Relation::owned));
    value.set("reason", name_of(relation));
    return value;
}

}  // namespace crane::organizations
