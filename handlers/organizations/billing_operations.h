// The writes of billing.
#pragma once

#include "shared/app/operation.h"

namespace crane::organizations {

extern const app::Operation update_billing;
extern const app::Operation create_purchase;
extern const app::Operation confirm_purchase;
extern const app::Operation cancel_purchase;
extern const app::Operation grant_credits;

}  // namespace crane::organizations
