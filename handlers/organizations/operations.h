// The writes of the family organizations.
#pragma once

#include "shared/app/operation.h"

namespace crane::organizations {

extern const app::Operation create_organization;
extern const app::Operation update_organization;

}  // namespace crane::organizations
