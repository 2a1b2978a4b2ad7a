// The routes of the family reports.
#pragma once

#include "shared/app/operation.h"

namespace crane::reports {

app::Family family();

}  // namespace crane::reports
