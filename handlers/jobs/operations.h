// The writes of the family jobs.
#pragma once

#include "shared/app/operation.h"

namespace crane::jobs {

extern const app::Operation cancel_job;
extern const app::Operation retry_job;

}  // namespace crane::jobs
