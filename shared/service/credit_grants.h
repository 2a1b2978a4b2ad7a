// All that a credit pool was ever given: initial credits, an operator's grants,
// purchases. Rows are only ever added; their sum is what the pool was granted,
// and what is left of it and what events were charged add up to that.
#pragma once

#include <optional>
#include <string>

#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::credit_grants {

struct GrantRow {
    CreditGrantId id;
    bool livemode = true;
    std::string kind = "grant";  // initial, grant, purchase
    std::int64_t credits = 0;
    std::string reason;  // empty: none
    std::optional<CreditPurchaseId> purchase_id;
    std::optional<ApiKeyId> created_by;
    Timestamp created_at;
};

// Scope: the payer, the least and the greatest livemode that is seen.
const store::ListDefinition& list_definition();
GrantRow read(store::Rows& rows);

// Adds to the pool of scope.books, which are the payer's. Notes the event
// credits.granted, and looks whether the pool was low and is not any more.
void give(Scope& scope, GrantRow& grant);

// What a new pool begins with, which is in it already.
void record_initial(store::Session& session, const OrganizationId& payer_id, bool livemode,
                    std::int64_t credits, Timestamp at);

}  // namespace crane::service::credit_grants
