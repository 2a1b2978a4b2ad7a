// The routes of the family transactions.
#pragma once

#include "shared/app/operation.h"

namespace crane::transactions {

app::Family family();

}  // namespace crane::transactions
