// Every family's operations by name: what the worker runs, and what can be
// drafted.
#pragma once

#include "shared/app/operation_table.h"

namespace crane::queue {

app::OperationTable all_operations();

}  // namespace crane::queue
