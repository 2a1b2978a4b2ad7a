// Brings back what was lost: jobs whose worker died, rings that Redis forgot,
// keys revoked while Redis was away. Also writes down the uses of keys.
#pragma once

#include <string>

#include "shared/app/job_runner.h"
#include "shared/app/stop_signal.h"

namespace crane::queue {

class Sweeper {
public:
    Sweeper(app::Stores& stores, app::JobRunner& runner, std::string worker_name);

    // A sweep every second until a stop is asked for.
    void run(const app::StopSignal& stop_signal);

private:
    void sweep();
    void ring_for_due_jobs();
    void write_key_uses();
    void repeat_revocations();
    void repeat_suspensions();
    void drop_expired_idempotency_keys();
    void beat();

    app::Stores* stores_;
    app::JobRunner* runner_;
    std::string worker_name_;
    Timestamp started_at_;
    std::int64_t sweeps_ = 0;
    bool has_expired_keys_ = false;  // idempotency keys, as far as is known
};

}  // namespace crane::queue
