// The routes of the family accounts.
#pragma once

#include "shared/app/operation.h"

namespace crane::accounts {

app::Family family();

}  // namespace crane::accounts
