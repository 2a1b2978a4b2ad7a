// Purchases of credits: ordered, then confirmed or cancelled. Each is in the
// books of the payer, live or test, and pays into that pool.
//
// pending → completed | cancelled
#pragma once

#include <optional>
#include <string>

#include "shared/domain/credit_packages.h"
#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::credit_purchases {

struct PurchaseRow {
    CreditPurchaseId id;
    bool livemode = true;
    std::string package_id;
    std::int64_t credits = 0;
    Money price;
    std::string currency_code;
    std::string provider;
    std::string instructions;
    std::string status = "pending";
    bool is_automatic = false;
    std::optional<ApiKeyId> created_by;  // none: ordered automatically
    std::optional<ApiKeyId> decided_by;
    std::optional<Timestamp> decided_at;
    Timestamp created_at;
    Timestamp updated_at;
};

enum class Action : std::uint8_t { confirm, cancel };

// Scope: the payer, the least and the greatest livemode that is seen.
const store::ListDefinition& list_definition();
PurchaseRow read(store::Rows& rows);
std::optional<PurchaseRow> get(store::Session& session, const OrganizationId& payer_id,
                               const CreditPurchaseId& id);
// Held until the session ends.
std::optional<PurchaseRow> lock(store::Session& session, const OrganizationId& payer_id,
                                const CreditPurchaseId& id);

// A purchase by the payer, in whose books `scope` is. Notes the event.
PurchaseRow order(Scope& scope, const CreditPurchaseId& id, const domain::CreditPackage& package);
// The same by the installation itself, when a pool is low.
void order_automatically(Scope& scope, const domain::CreditPackage& package);
// Whether one of those is pending.
bool has_automatic(Scope& scope);

// Throws Error{invalid_state} unless the purchase, which is locked, is pending.
// scope.books are the payer's in the purchase's mode. A confirmed purchase's
// credits are in the pool with the same commit.
void decide(Scope& scope, PurchaseRow& purchase, Action action);

}  // namespace crane::service::credit_purchases
