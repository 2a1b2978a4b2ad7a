// The credit pool of a root organization, charged in the commit of what costs.
#pragma once

#include <cstdint>

#include "shared/service/scope.h"

namespace crane::service::credits {

// Split over slots, so that charges of one moment do not wait for each other.
void open_pool(store::Session& session, const OrganizationId& root_id, bool livemode, std::int64_t credits);

// What the pool has left, committed charges only.
std::int64_t remaining(store::Session& session, const OrganizationId& root_id, bool livemode);

// Throws Error{insufficient_credits} when the pool has less, and takes nothing.
void refuse_shortage(const Scope& scope, std::int64_t credits);

// Adds to the pool, as much to each slot. Holds the pool until the session ends.
void add(store::Session& session, const OrganizationId& root_id, bool livemode, std::int64_t credits);

// Takes `credits` from the pool within the session. Throws Error
// {insufficient_credits} when all slots together do not hold that much.
void charge(Scope& scope, std::int64_t credits);

}  // namespace crane::service::credits
