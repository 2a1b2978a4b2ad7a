// What is known of one request so far, on its way through the pipeline.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "shared/app/execution.h"
#include "shared/app/gate.h"
#include "shared/app/idempotency.h"

namespace crane::app {

struct Visit {
    std::optional<RateLimit> rate_limit;
    std::optional<Admission> admission;
    CallInput input;
    std::optional<IdempotencyKey> idempotency;
    http::Preferences preferences;
    std::int64_t credits_cost = 0;
    std::int64_t credits_granted = 0;
    std::vector<std::string_view> allowed_methods;
    store::ListRequest list;
};

}  // namespace crane::app
