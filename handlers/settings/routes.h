// The routes of the family settings.
#pragma once

#include "shared/app/operation.h"

namespace crane::settings {

app::Family family();

}  // namespace crane::settings
