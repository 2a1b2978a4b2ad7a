#include "handlers/organizations/billing_json.h"

#include <algorithm>

namespace crane::organizations {
namespace {

constexpr std::int64_t most_granted = 1'000'000'000;
constexpr std::int64_t greatest_threshold = 1'000'000'000'000;
constexpr std::size_t longest_email = 254;

// Whether it can be one; only a letter to it tells more.
bool is_email_address(std::string_view text) {
    const auto at = text.find('@');
    const bool has_two_parts = at != std::string_view::npos && at > 0 && at + 1 < text.size();
    return has_two_parts && text.find('@', at + 1) == std::string_view::npos &&
           std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) > ' '; });
}

json::Field<std::string> read_package(json::Reader& reader, const char* name, json::Presence presence) {
    auto field = reader.text(name, 64, presence);
    const bool is_missing = presence == json::Presence::required && field.content == "";
    if (field.has_value() && !is_missing && domain::find_credit_package(*field.content) == nullptr)
        reader.fault(name, "is not a package; GET …/billing/packages lists them");
    return field;
}

json::Value key_or_null(const std::optional<ApiKeyId>& id) {
    return id ? json::Value::string(to_text(*id)) : json::Value::null();
}

json::Value time_or_null(const std::optional<Timestamp>& at) {
    return at ? json::Value::string(format_timestamp(*at)) : json::Value::null();
}

json::Value begin(const char* object, const std::string& id, const service::Books& books, bool livemode) {
    auto value = json::Value::object();
    value.set("id", id).set("object", object);
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(livemode));
    return value;
}

void set_settings(json::Value& value, const service::credit_pools::Pool& pool, std::string_view email) {
    const auto& threshold = pool.low_balance_threshold;
    value.set("low_balance_threshold", threshold ? json::Value::integer(*threshold) : json::Value::null());
    value.set("billing_email", json::Value::string_or_null_if_empty(email));
    value.set("auto_recharge_enabled", json::Value::boolean(pool.is_auto_recharge_enabled));
    value.set("auto_recharge_package_id",
              json::Value::string_or_null_if_empty(pool.auto_recharge_package_id));
}

}  // namespace

json::Value settings_value(const service::credit_pools::Pool& pool) {
    auto value = json::Value::object();
    set_settings(value, pool, pool.billing_email);
    return value;
}

json::Value billing_value(const service::Books& books, bool livemode,
                          const service::credit_pools::Pool& pool) {
    const bool is_payer = books.organization_id == books.root_id;
    auto value = begin("billing", to_text(books.organization_id), books, livemode);
    value.set("billing_organization_id", to_text(books.root_id));
    value.set("credits_remaining", json::Value::integer(pool.remaining));
    value.set("credits_total", json::Value::integer(pool.granted));
    value.set("is_low", json::Value::boolean(pool.is_below_threshold()));
    set_settings(value, pool, is_payer ? pool.billing_email : "");
    value.set("updated_at", time_or_null(pool.updated_at));
    return value;
}

json::Value purchase_value(const service::Books& books,
                           const service::credit_purchases::PurchaseRow& purchase) {
    auto value = begin("credit_purchase", to_text(purchase.id), books, purchase.livemode);
    value.set("package_id", purchase.package_id);
    value.set("credits", json::Value::integer(purchase.credits));
    value.set("price", format_amount(purchase.price, domain::credit_currency().decimal_places));
    value.set("currency_id", "CUR_" + purchase.currency_code);
    value.set("provider", purchase.provider).set("instructions", purchase.instructions);
    value.set("status", purchase.status);
    value.set("is_automatic", json::Value::boolean(purchase.is_automatic));
    value.set("created_by", key_or_null(purchase.created_by));
    value.set("decided_by", key_or_null(purchase.decided_by));
    value.set("decided_at", time_or_null(purchase.decided_at));
    value.set("created_at", format_timestamp(purchase.created_at));
    value.set("updated_at", format_timestamp(purchase.updated_at));
    return value;
}

json::Value grant_value(const service::Books& books, const service::credit_grants::GrantRow& grant) {
    auto value = begin("credit_grant", to_text(grant.id), books, grant.livemode);
    value.set("kind", grant.kind).set("credits", json::Value::integer(grant.credits));
    value.set("reason", json::Value::string_or_null_if_empty(grant.reason));
    value.set("purchase_id",
              grant.purchase_id ? json::Value::string(to_text(*grant.purchase_id)) : json::Value::null());
    value.set("created_by", key_or_null(grant.created_by));
    value.set("created_at", format_timestamp(grant.created_at));
    return value;
}

json::Value package_value(const domain::CreditPackage& package) {
    const auto& currency = domain::credit_currency();
    auto value = json::Value::object();
    value.set("id", package.id).set("object", "credit_package");
    value.set("credits", json::Value::integer(package.credits));
    value.set("price", format_amount(package.price, currency.decimal_places));
    value.set("currency_id", "CUR_" + currency.code);
    return value;
}

json::Value cost_value(const std::string& operation, const app::OperationTable::Cost& cost) {
    const bool is_number = cost.credits_text.empty();
    auto value = json::Value::object();
    value.set("object", "credit_cost").set("operation", operation);
    value.set("credits", is_number ? json::Value::integer(cost.credits) : json::Value::null());
    value.set("rule", json::Value::string_or_null_if_empty(cost.credits_text));
    return value;
}

BillingBody read_billing(json::Reader& reader, app::Call&) {
    BillingBody body;
    body.low_balance_threshold =
        reader.integer("low_balance_threshold", 1, greatest_threshold, json::Presence::nullable);
    body.billing_email = reader.text("billing_email", longest_email);
    if (body.billing_email.has_value() && !is_email_address(*body.billing_email.content))
        reader.fault("billing_email", "must be an e-mail address");
    body.auto_recharge_enabled = reader.boolean("auto_recharge_enabled");
    body.auto_recharge_package_id =
        read_package(reader, "auto_recharge_package_id", json::Presence::nullable);
    return body;
}

void apply(const BillingBody& body, service::credit_pools::Pool& pool) {
    if (body.low_balance_threshold.is_given) pool.low_balance_threshold = body.low_balance_threshold.content;
    if (body.billing_email.is_given) pool.billing_email = body.billing_email.content.value_or("");
    if (body.auto_recharge_enabled.has_value())
        pool.is_auto_recharge_enabled = *body.auto_recharge_enabled.content;
    if (body.auto_recharge_package_id.is_given)
        pool.auto_recharge_package_id = body.auto_recharge_package_id.content.value_or("");
    if (!pool.is_auto_recharge_enabled) return;
    std::vector<Fault> faults;
    constexpr const char* message = "is needed where auto_recharge_enabled is true";
    if (!pool.low_balance_threshold) faults.push_back({"low_balance_threshold", message});
    if (pool.auto_recharge_package_id.empty()) faults.push_back({"auto_recharge_package_id", message});
    if (!faults.empty()) throw Error(std::move(faults));
}

PurchaseBody read_purchase(json::Reader& reader, app::Call&) {
    const auto id = read_package(reader, "package_id", json::Presence::required);
    return {id.has_value() ? domain::find_credit_package(*id.content) : nullptr};
}

GrantBody read_grant(json::Reader& reader, app::Call&) {
    GrantBody body;
    body.credits = reader.integer("credits", 1, most_granted, json::Presence::required);
    body.reason = reader.text("reason", 500, json::Presence::required);
    body.mode = reader.choice("mode", {"live", "test"});
    return body;
}

}  // namespace crane::organizations
