// A credit pool as its payer sees it: what was given, what is left, and what is
// to happen when little is.
//
// is_low is true from the moment at which the pool was found below its threshold
// and that was told, until it is not below it any more: so each crossing is told
// once, whoever finds it.
#pragma once

#include <optional>
#include <string>

#include "shared/service/scope.h"

namespace crane::service::credit_pools {

struct Pool {
    std::int64_t granted = 0;
    std::int64_t remaining = 0;
    std::optional<std::int64_t> low_balance_threshold;
    std::string billing_email;  // empty: none
    bool is_auto_recharge_enabled = false;
    std::string auto_recharge_package_id;  // empty: none
    bool is_low = false;
    std::optional<Timestamp> updated_at;  // of the settings

    bool is_below_threshold() const { return low_balance_threshold && remaining < *low_balance_threshold; }
};

// All figures are of one moment.
Pool get(store::Session& session, const OrganizationId& root_id, bool livemode);
// Held against other changes until the session ends; charges go on.
Pool lock(store::Session& session, const OrganizationId& root_id, bool livemode);
// The settings of a pool that is locked; notes the event. `changes` is its
// metadata: JSON.
void update(Scope& scope, Pool& pool, std::string changes);

// After what is left or the threshold has changed. scope.books are the payer's,
// the pool is locked. Notes credits.low_balance when the pool has fallen below
// its threshold, and orders a package where the payer wants that.
void settle(Scope& scope);

// Looks at the pool that the books draw on, of whose charges some are new. Gives
// the payer's books, where an event was written, if the pool has fallen below its
// threshold. Charges do not do this themselves: they would have to wait for each
// other. It happens in the commit that numbers their events, a moment later.
std::optional<std::uint32_t> watch(store::Session& session, std::uint32_t books_id, Timestamp at);

}  // namespace crane::service::credit_pools
