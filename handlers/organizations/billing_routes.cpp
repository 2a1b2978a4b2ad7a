#include "handlers/organizations/billing_routes.h"

#include <algorithm>

#include "handlers/organizations/billing_json.h"
#include "handlers/organizations/billing_operations.h"
#include "shared/base/hash.h"
#include "shared/service/credit_usage.h"

namespace crane::organizations {
namespace {

namespace grants = service::credit_grants;
namespace pools = service::credit_pools;
namespace purchases = service::credit_purchases;
namespace usage = service::credit_usage;

constexpr std::int32_t default_days = 30;
constexpr std::int32_t most_days = 366;

// An operator sees both modes, and says which.
bool livemode_asked(const app::Call& call) {
    const auto mode = call.parameter("mode");
    if (!call.principal.is_operator()) {
        if (mode) throw faulty_field("mode", "goes with an operator's key; any other sees its own mode");
        return call.books().livemode;
    }
    if (mode && *mode != "live" && *mode != "test") throw faulty_field("mode", "must be live or test");
    return mode != "test";
}

json::Value get_billing(app::Call& call) {
    const bool livemode = livemode_asked(call);
    return billing_value(call.books(), livemode, pools::get(call.session(), call.books().root_id, livemode));
}

usage::Range range_asked(const app::Call& call) {
    usage::Range range;
    range.to = call.date_parameter("to").value_or(date_of(call.scope.at));
    range.from = call.date_parameter("from").value_or(Date{range.to.days - default_days + 1});
    if (range.from > range.to) {
        throw faulty_field("from", "is " + format_date(range.from) + ", which is after " +
                                       format_date(range.to) + ", the last day");
    }
    if (range.to.days - range.from.days >= most_days)
        throw faulty_field("from", "is more than " + std::to_string(most_days) + " days before the last day");
    return range;
}

std::string_view grouping_asked(const app::Call& call) {
    const auto grouping = call.parameter("group_by").value_or("day");
    if (grouping != "day" && grouping != "operation" && grouping != "key")
        throw faulty_field("group_by", "must be day, operation or key");
    return grouping;
}

// A key's group is its 16 bytes in hexadecimal digits; zeros stand for none.
std::optional<ApiKeyId> key_of(const std::string& group) {
    const auto bytes = from_hex(group);
    ApiKeyId id;
    if (!bytes || bytes->size() != id.bytes.size()) return std::nullopt;
    std::ranges::copy(*bytes, id.bytes.begin());
    return id == ApiKeyId{} ? std::nullopt : std::optional(id);
}

// Names of the keys in the groups, as far as they are known to who asks.
std::vector<usage::KeyName> names_of(app::Call& call, usage::Reach reach,
                                     const std::vector<usage::Charges>& charges) {
    std::vector<ApiKeyId> ids;
    for (const auto& each : charges) {
        if (const auto id = key_of(each.group)) ids.push_back(*id);
    }
    return usage::key_names(call.session(), call.books().organization_id, reach, ids);
}

json::Value group_value(const usage::Charges& charges, std::string_view grouping,
                        const std::vector<usage::KeyName>& names) {
    const auto group = [&](std::string_view of) {
        return grouping == of ? json::Value::string(charges.group) : json::Value::null();
    };
    const auto id = grouping == "key" ? key_of(charges.group) : std::nullopt;
    const auto name = std::ranges::find_if(names, [&](const auto& each) { return each.id == id; });
    auto value = json::Value::object();
    value.set("day", group("day")).set("operation", group("operation"));
    value.set("api_key_id", id ? json::Value::string(to_text(*id)) : json::Value::null());
    value.set("api_key_name", name == names.end() ? json::Value::null() : json::Value::string(name->name));
    value.set("credits", json::Value::integer(charges.credits));
    value.set("charge_count", json::Value::integer(charges.charge_count));
    return value;
}

json::Value get_usage(app::Call& call) {
    const auto range = range_asked(call);
    const auto grouping = grouping_asked(call);
    const bool livemode = livemode_asked(call);
    const auto& books = call.books();
    const auto reach =
        books.organization_id == books.root_id ? usage::Reach::all_below : usage::Reach::itself;
    const auto charges = usage::sums(call.session(), books.organization_id, reach, livemode, range, grouping);
    const auto names = grouping == "key" ? names_of(call, reach, charges) : std::vector<usage::KeyName>{};
    usage::Charges total;
    auto data = json::Value::array();
    for (const auto& each : charges) {
        data.push(group_value(each, grouping, names));
        total.credits += each.credits;
        total.charge_count += each.charge_count;
    }
    auto value = json::Value::object();
    value.set("object", "credit_usage").set("organization_id", to_text(books.organization_id));
    value.set("billing_organization_id", to_text(books.root_id));
    value.set("livemode", json::Value::boolean(livemode));
    value.set("from", format_date(range.from)).set("to", format_date(range.to)).set("group_by", grouping);
    value.set("credits", json::Value::integer(total.credits));
    value.set("charge_count", json::Value::integer(total.charge_count));
    value.set("data", std::move(data));
    return value;
}

json::Value whole_list(std::vector<json::Value> items) {
    const auto count = static_cast<std::int64_t>(items.size());
    return app::list_value(std::move(items), {false, count});
}

json::Value list_costs(app::Call& call) {
    std::vector<json::Value> items;
    for (const auto& [operation, cost] : call.operations->costs())
        items.push_back(cost_value(operation, cost));
    return whole_list(std::move(items));
}

json::Value list_packages(app::Call&) {
    std::vector<json::Value> items;
    for (const auto& package : domain::credit_packages()) items.push_back(package_value(package));
    return whole_list(std::move(items));
}

// A list's scope: an operator sees both modes.
store::Values scope_of(const app::Call& call) {
    const auto& books = call.books();
    if (call.principal.is_operator()) return {books.organization_id, false, true};
    return {books.organization_id, books.livemode, books.livemode};
}

json::Value list_purchases(app::Call& call) {
    std::vector<purchases::PurchaseRow> rows;
    const auto page = store::read_page(call.session(), purchases::list_definition(), *call.list,
                                       scope_of(call), purchases::read, rows);
    std::vector<json::Value> items;
    for (const auto& row : rows) items.push_back(purchase_value(call.books(), row));
    return app::list_value(std::move(items), page);
}

json::Value get_purchase(app::Call& call) {
    const auto& books = call.books();
    const auto purchase = purchases::get(call.session(), books.organization_id,
                                         call.path_id<CreditPurchaseNoun>("purchase_id"));
    const bool is_seen = purchase && (call.principal.is_operator() || purchase->livemode == books.livemode);
    if (!is_seen) app::Call::throw_not_found();
    return purchase_value(books, *purchase);
}

json::Value list_grants(app::Call& call) {
    std::vector<grants::GrantRow> rows;
    const auto page = store::read_page(call.session(), grants::list_definition(), *call.list, scope_of(call),
                                       grants::read, rows);
    std::vector<json::Value> items;
    for (const auto& row : rows) items.push_back(grant_value(call.books(), row));
    return app::list_value(std::move(items), page);
}

constexpr app::Permission may_read{"billing", "read"};
constexpr std::string_view billing = "/organizations/{organization_id}/billing";
constexpr std::string_view all_purchases = "/organizations/{organization_id}/billing/purchases";
constexpr std::string_view one_purchase = "/organizations/{organization_id}/billing/purchases/{purchase_id}";

// What an operator sees too.
app::Route read_route(std::string_view pattern, json::Value (*read)(app::Call&),
                      std::vector<std::string_view> query = {}) {
    return {.method = "GET",
            .pattern = pattern,
            .permission = may_read,
            .read = read,
            .query = std::move(query),
            .is_operator_allowed = true};
}

app::Route resource_route(std::string_view pattern, json::Value (*read)(app::Call&),
                          std::vector<std::string_view> query = {}) {
    auto route = read_route(pattern, read, std::move(query));
    route.shape = app::Shape::resource;
    return route;
}

app::Route list_route(std::string_view pattern, json::Value (*read)(app::Call&),
                      const store::ListDefinition& (*list)()) {
    auto route = read_route(pattern, read);
    route.list = list;
    return route;
}

enum class Whose : std::uint8_t { keys, both, operators };

app::Route write_route(std::string_view method, std::string_view pattern, const app::Operation& operation,
                       Whose whose) {
    return {.method = method,
            .pattern = pattern,
            .permission = operation.permission,
            .operation = &operation,
            .is_operator_allowed = whose != Whose::keys,
            .is_operator_only = whose == Whose::operators};
}

}  // namespace

std::vector<app::Route> billing_routes() {
    return {
        resource_route(billing, get_billing, {"mode"}),
        write_route("PUT", billing, update_billing, Whose::keys),
        read_route("/organizations/{organization_id}/billing/usage", get_usage,
                   {"from", "to", "group_by", "mode"}),
        read_route("/organizations/{organization_id}/billing/costs", list_costs),
        read_route("/organizations/{organization_id}/billing/packages", list_packages),
        list_route(all_purchases, list_purchases, purchases::list_definition),
        write_route("POST", all_purchases, create_purchase, Whose::keys),
        resource_route(one_purchase, get_purchase),
        write_route("POST", "/organizations/{organization_id}/billing/purchases/{purchase_id}/confirm",
                    confirm_purchase, Whose::operators),
        write_route("POST", "/organizations/{organization_id}/billing/purchases/{purchase_id}/cancel",
                    cancel_purchase, Whose::both),
        list_route("/organizations/{organization_id}/billing/grants", list_grants, grants::list_definition),
        write_route("POST", "/organizations/{organization_id}/billing/grants", grant_credits,
                    Whose::operators),
    };
}

}  // namespace crane::organizations
