// The routes of the family api_keys.
#pragma once

#include "shared/app/operation.h"

namespace crane::api_keys {

app::Family family();

}  // namespace crane::api_keys
