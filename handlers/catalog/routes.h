// The routes of the family catalog: categories, taxes and items.
#pragma once

#include "shared/app/operation.h"

namespace crane::catalog {

app::Family family();

}  // namespace crane::catalog
