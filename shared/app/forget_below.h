// Telling caches of a change that holds for a whole part of the tree of organizations.
#pragma once

#include "shared/app/stores.h"
#include "shared/base/id.h"

namespace crane::app {

// After a commit that suspended, resumed or moved an organization: the next
// request to it, to any below it, or by any of their keys sees the change.
void forget_below(Stores& stores, const OrganizationId& id);

}  // namespace crane::app
