// Every family's operations by name: what the worker can run.
#pragma once

#include "shared/app/job_runner.h"

namespace crane::queue {

app::OperationTable all_operations();

}  // namespace crane::queue
