// The routes of the family system.
#pragma once

#include "shared/app/operation.h"

namespace crane::system {

app::Family family();

}  // namespace crane::system
