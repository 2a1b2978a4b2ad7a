// The writes of the family settings.
#pragma once

#include "shared/app/operation.h"

namespace crane::settings {

extern const app::Operation update_setting;

}  // namespace crane::settings
