// Every family's operations by name: what the worker runs, what can be drafted,
// and what things cost.
#pragma once

#include "shared/app/operation_table.h"

namespace crane::queue {

app::OperationTable all_operations();

}  // namespace crane::queue
