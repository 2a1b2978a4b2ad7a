// The writes of the family catalog.
#pragma once

#include "shared/app/operation.h"

namespace crane::catalog {

extern const app::Operation create_category;
extern const app::Operation update_category;
extern const app::Operation delete_category;

extern const app::Operation create_tax;
extern const app::Operation update_tax;
extern const app::Operation delete_tax;

extern const app::Operation create_item;
extern const app::Operation update_item;
extern const app::Operation delete_item;

}  // namespace crane::catalog
