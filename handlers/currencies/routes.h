// The routes of the family currencies.
#pragma once

#include "shared/app/operation.h"

namespace crane::currencies {

app::Family family();

}  // namespace crane::currencies
