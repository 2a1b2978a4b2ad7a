// The writes of the family transactions.
#pragma once

#include "shared/app/operation.h"

namespace crane::transactions {

extern const app::Operation create_transaction;
extern const app::Operation update_transaction;
extern const app::Operation delete_transaction;
extern const app::Operation post_transaction;
extern const app::Operation reverse_transaction;
extern const app::Operation batch_transactions;

}  // namespace crane::transactions
