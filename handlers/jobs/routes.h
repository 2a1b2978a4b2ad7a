// The routes of the family jobs.
#pragma once

#include "shared/app/operation.h"

namespace crane::jobs {

app::Family family();

}  // namespace crane::jobs
