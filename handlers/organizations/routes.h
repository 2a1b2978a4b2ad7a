// The routes of the family organizations.
#pragma once

#include "shared/app/operation.h"

namespace crane::organizations {

app::Family family();

}  // namespace crane::organizations
