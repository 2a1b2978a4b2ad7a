// The writes of the family accounts.
#pragma once

#include "shared/app/operation.h"

namespace crane::accounts {

extern const app::Operation create_account;
extern const app::Operation update_account;
extern const app::Operation delete_account;

}  // namespace crane::accounts
