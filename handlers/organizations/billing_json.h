// Billing on the wire.
#pragma once

#include "shared/app/operation.h"
#include "shared/app/operation_table.h"
#include "shared/service/credit_grants.h"
#include "shared/service/credit_pools.h"
#include "shared/service/credit_purchases.h"

namespace crane::organizations {

// Of the organization in `books`, in one of its modes. Only the payer is told of
// the payer's address.
json::Value billing_value(const service::Books& books, bool livemode,
                          const service::credit_pools::Pool& pool);
// What the payer sets, as events tell of a change of it.
json::Value settings_value(const service::credit_pools::Pool& pool);
json::Value purchase_value(const service::Books& books,
                           const service::credit_purchases::PurchaseRow& purchase);
json::Value grant_value(const service::Books& books, const service::credit_grants::GrantRow& grant);
json::Value package_value(const domain::CreditPackage& package);
json::Value cost_value(const std::string& operation, const app::OperationTable::Cost& cost);

// A change: what is not given stays as it is.
struct BillingBody {
    json::Field<std::int64_t> low_balance_threshold;
    json::Field<std::string> billing_email;
    json::Field<bool> auto_recharge_enabled;
    json::Field<std::string> auto_recharge_package_id;
};
BillingBody read_billing(json::Reader& reader, app::Call& call);
// Throws Error{invalid_request} for what does not go together.
void apply(const BillingBody& body, service::credit_pools::Pool& pool);

struct PurchaseBody {
    const domain::CreditPackage* package = nullptr;
};
PurchaseBody read_purchase(json::Reader& reader, app::Call& call);

struct GrantBody {
    json::Field<std::int64_t> credits;
    json::Field<std::string> reason;
    json::Field<std::string> mode;

    bool livemode() const { return mode.content != "test"; }
};
GrantBody read_grant(json::Reader& reader, app::Call& call);

}  // namespace crane::organizations
