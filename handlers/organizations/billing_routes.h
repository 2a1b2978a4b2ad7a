// The routes of billing, which the family organizations serves.
#pragma once

#include "shared/app/operation.h"

namespace crane::organizations {

std::vector<app::Route> billing_routes();

}  // namespace crane::organizations
