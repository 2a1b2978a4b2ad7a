#include "shared/service/credit_purchases.h"

#include <algorithm>
#include <array>

#include "shared/base/error.h"
#include "shared/json/json.h"
#include "shared/service/credit_grants.h"
#include "shared/service/payment_provider.h"
#include "shared/store/queries.h"

namespace crane::service::credit_purchases {
namespace {

struct Step {
    std::string_view from;
    Action action;
    std::string_view to;
    std::string_view done;
    const char* event_type;
};

// What can be done with a purchase.
constexpr std::array<Step, 2> steps{{
    {"pending", Action::confirm, "completed", "confirmed", "credit_purchase.confirmed"},
    {"pending", Action::cancel, "cancelled", "cancelled", "credit_purchase.cancelled"},
}};

const Step& step_of(Action action) {
    return *std::ranges::find(steps, action, &Step::action);
}

void refuse_state(const PurchaseRow& purchase, const Step& step) {
    if (purchase.status == step.from) return;
    Error error(ErrorCode::invalid_state, "The purchase is " + purchase.status + "; only a " +
                                              std::string(step.from) + " one can be " +
                                              std::string(step.done) + ".");
    error.with("status", purchase.status);
    throw error;
}

void note(Scope& scope, const PurchaseRow& purchase, const char* event_type) {
    auto metadata = json::Value::object();
    metadata.set("package_id", purchase.package_id);
    metadata.set("credits", json::Value::integer(purchase.credits));
    scope.note("credit_purchase", to_text(purchase.id), event_type, metadata.dump());
}

void insert(Scope& scope, PurchaseRow& row, const domain::CreditPackage& package) {
    const auto& provider = payment_provider();
    const auto& books = scope.books;
    row.livemode = books.livemode;
    row.package_id = package.id;
    row.credits = package.credits;
    row.price = package.price;
    row.currency_code = domain::credit_currency().code;
    row.provider = provider.name();
    row.instructions = provider.begin(
        {row.id, books.organization_id, books.livemode, row.credits, row.price, domain::credit_currency()});
    row.created_by = scope.actor.api_key_id;
    row.created_at = row.updated_at = scope.at;
    scope.session.execute(sql::billing_insert_purchase,
                          {books.organization_id, row.id, row.livemode, row.package_id, row.credits,
                           row.price, row.currency_code, row.provider, row.instructions, row.status,
                           row.is_automatic, row.created_by, row.created_at, row.updated_at});
    note(scope, row, "credit_purchase.created");
}

std::optional<PurchaseRow> first(store::Rows rows) {
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

}  // namespace

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::billing_list_purchases,
        .id_column = "p.id",
        .id_prefix = CreditPurchaseNoun::prefix,
        .sorts = {{"created_at", "p.id"}},
        .filters = {{.name = "status",
                     .column = "p.status",
                     .choices = {"pending", "completed", "cancelled"}},
                    {"livemode", "p.livemode", store::FieldType::flag},
                    {"created_at", "p.created_at", store::FieldType::timestamp, true}},
    };
    return definition;
}

PurchaseRow read(store::Rows& rows) {
    PurchaseRow row;
    row.id = rows.id<CreditPurchaseNoun>();
    row.livemode = rows.flag();
    row.package_id = rows.text();
    row.credits = rows.integer();
    row.price = {rows.integer()};
    row.currency_code = rows.text();
    row.provider = rows.text();
    row.instructions = rows.text();
    row.status = rows.text();
    row.is_automatic = rows.flag();
    row.created_by = rows.optional_id<ApiKeyNoun>();
    row.decided_by = rows.optional_id<ApiKeyNoun>();
    row.decided_at = rows.optional_timestamp();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

std::optional<PurchaseRow> get(store::Session& session, const OrganizationId& payer_id,
                               const CreditPurchaseId& id) {
    return first(session.query(sql::billing_get_purchase, {payer_id, id}));
}

std::optional<PurchaseRow> lock(store::Session& session, const OrganizationId& payer_id,
                                const CreditPurchaseId& id) {
    return first(session.query(sql::billing_lock_purchase, {payer_id, id}));
}

PurchaseRow order(Scope& scope, const CreditPurchaseId& id, const domain::CreditPackage& package) {
    PurchaseRow row;
    row.id = id;
    insert(scope, row, package);
    return row;
}

void order_automatically(Scope& scope, const domain::CreditPackage& package) {
    PurchaseRow row;
    row.id = make_id<CreditPurchaseNoun>();
    row.is_automatic = true;
    insert(scope, row, package);
}

bool has_automatic(Scope& scope) {
    const auto& books = scope.books;
    return scope.session.query(sql::billing_has_automatic_purchase, {books.organization_id, books.livemode})
        .next();
}

void decide(Scope& scope, PurchaseRow& purchase, Action action) {
    const auto& step = step_of(action);
    refuse_state(purchase, step);
    purchase.status = step.to;
    purchase.decided_by = scope.actor.api_key_id;
    purchase.decided_at = purchase.updated_at = scope.at;
    scope.session.execute(sql::billing_decide_purchase,
                          {purchase.status, purchase.decided_by, purchase.decided_at, purchase.updated_at,
                           scope.books.organization_id, purchase.id});
    note(scope, purchase, step.event_type);
    if (action != Action::confirm) return;
    credit_grants::GrantRow grant;
    grant.id = make_id<CreditGrantNoun>();
    grant.kind = "purchase";
    grant.credits = purchase.credits;
    grant.purchase_id = purchase.id;
    credit_grants::give(scope, grant);
}

}  // namespace crane::service::credit_purchases
