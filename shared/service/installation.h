// The state of the whole installation.
#pragma once

#include <cstdint>

#include "shared/base/date.h"
#include "shared/store/session.h"

namespace crane::service::installation {

// Throws store::StoreError when the store does not answer.
void ping(store::Session& session);

struct Counts {
    std::int64_t events = 0;  // about: the store's own estimate
    std::int64_t workers = 0;
    std::int64_t queued_jobs = 0;
    std::int64_t processing_jobs = 0;
};
Counts count(store::Session& session, Timestamp at);

// A worker says that it is alive; one that has not for this long is not counted.
constexpr std::int64_t heartbeat_seconds = 5;
void beat(store::Session& session, const std::string& worker_id, Timestamp started_at, Timestamp at);
void forget_worker(store::Session& session, const std::string& worker_id, Timestamp at);

}  // namespace crane::service::installation
