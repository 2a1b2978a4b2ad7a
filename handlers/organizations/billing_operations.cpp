#include "handlers/organizations/billing_operations.h"

#include "handlers/organizations/billing_json.h"
#include "shared/app/changes.h"
#include "shared/app/gate.h"
#include "shared/service/organizations.h"

namespace crane::organizations {
namespace {

namespace grants = service::credit_grants;
namespace pools = service::credit_pools;
namespace purchases = service::credit_purchases;

// Whoever draws on another's credits decides nothing about them.
void refuse_other_payer(const app::Call& call) {
    const auto& books = call.books();
    if (books.organization_id == books.root_id) return;
    const auto payer = to_text(books.root_id);
    Error error(ErrorCode::not_billing_organization,
                "This organization draws on the credits of " + payer + ", which decides about them.");
    error.with("billing_organization_id", payer);
    throw error;
}

// An operator decides about live and test credits; `call` works in the books of
// the mode that it is about.
void enter_mode(app::Call& call, bool livemode) {
    if (call.books().livemode == livemode) return;
    const auto scope = service::organizations::scope_of(call.session(), call.books().organization_id);
    call.scope.books = scope->books(livemode);
}

// The header and the caches learn of what the pool was given.
void tell_granted(app::Call& call, std::int64_t credits) {
    const auto root_id = call.books().root_id;
    const bool livemode = call.books().livemode;
    if (livemode == call.principal.livemode()) call.outcome.credits_granted += credits;
    call.outcome.after_commit.emplace_back([root_id, livemode, credits](app::Stores& stores) {
        app::Gate::count_grant(stores, root_id, livemode, credits);
    });
}

json::Value update(app::Call& call, BillingBody& body) {
    refuse_other_payer(call);
    const auto& books = call.books();
    auto pool = pools::lock(call.session(), books.root_id, books.livemode);
    // Only the settings: what is left changes all the time, by others.
    const auto before = settings_value(pool).dump();
    apply(body, pool);
    pools::update(call.scope, pool, app::changes_between(before, settings_value(pool).dump()));
    pools::settle(call.scope);
    return billing_value(books, books.livemode, pool);
}

json::Value current(app::Call& call) {
    const auto& books = call.books();
    return billing_value(books, books.livemode, pools::lock(call.session(), books.root_id, books.livemode));
}

json::Value order(app::Call& call, PurchaseBody& body) {
    refuse_other_payer(call);
    const auto id = call.new_id<CreditPurchaseNoun>();
    return purchase_value(call.books(), purchases::order(call.scope, id, *body.package));
}

purchases::PurchaseRow locked(app::Call& call) {
    const auto& books = call.books();
    auto purchase = purchases::lock(call.session(), books.organization_id,
                                    call.path_id<CreditPurchaseNoun>("purchase_id"));
    const bool is_seen = purchase && (call.principal.is_operator() || purchase->livemode == books.livemode);
    if (!is_seen) app::Call::throw_not_found();
    enter_mode(call, purchase->livemode);
    return std::move(*purchase);
}

json::Value current_purchase(app::Call& call) {
    const auto purchase = locked(call);
    return purchase_value(call.books(), purchase);
}

json::Value confirm(app::Call& call, void*) {
    auto purchase = locked(call);
    purchases::decide(call.scope, purchase, purchases::Action::confirm);
    tell_granted(call, purchase.credits);
    return purchase_value(call.books(), purchase);
}

json::Value cancel(app::Call& call, void*) {
    auto purchase = locked(call);
    purchases::decide(call.scope, purchase, purchases::Action::cancel);
    return purchase_value(call.books(), purchase);
}

json::Value grant(app::Call& call, GrantBody& body) {
    refuse_other_payer(call);
    enter_mode(call, body.livemode());
    grants::GrantRow row;
    row.id = call.new_id<CreditGrantNoun>();
    row.credits = *body.credits.content;
    row.reason = *body.reason.content;
    grants::give(call.scope, row);
    tell_granted(call, row.credits);
    return grant_value(call.books(), row);
}

constexpr app::Permission may_write{"billing", "write"};

}  // namespace

const app::Operation update_billing{
    .name = "billing.update",
    .permission = may_write,
    .resource_object = "billing",
    .read = app::read_body<BillingBody, read_billing>,
    .run = app::run_body<BillingBody, update>,
    .current = current,
};

const app::Operation create_purchase{
    .name = "billing.purchase",
    .permission = may_write,
    .status = 201,
    .resource_object = "credit_purchase",
    .resource_prefix = CreditPurchaseNoun::prefix,
    .read = app::read_body<PurchaseBody, read_purchase>,
    .run = app::run_body<PurchaseBody, order>,
};

const app::Operation confirm_purchase{
    .name = "billing.confirm_purchase",
    .permission = may_write,
    .resource_object = "credit_purchase",
    .is_never_queued = true,
    .run = confirm,
    .current = current_purchase,
};

const app::Operation cancel_purchase{
    .name = "billing.cancel_purchase",
    .permission = may_write,
    .resource_object = "credit_purchase",
    .is_never_queued = true,
    .run = cancel,
    .current = current_purchase,
};

const app::Operation grant_credits{
    .name = "billing.grant",
    .permission = may_write,
    .status = 201,
    .resource_prefix = CreditGrantNoun::prefix,
    .is_never_queued = true,
    .read = app::read_body<GrantBody, read_grant>,
    .run = app::run_body<GrantBody, grant>,
};

}  // namespace crane::organizations
