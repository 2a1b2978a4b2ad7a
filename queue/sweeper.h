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
    void repeat_ended_secrets();
    void repeat_suspensions();
    void drop_in_steps(bool& has_more, bool (*drop)(store::Session&, Timestamp));
    void beat();

    app::Stores* stores_;
    app::JobRunner* runner_;
    std::string worker_name_;
    Timestamp started_at_;
    std::int64_t sweeps_ = 0;
    // As far as is known: idempotency keys, nonces of signed requests.
    bool has_expired_keys_ = false;
    bool has_expired_nonces_ = false;
};

}  // namespace crane::queue
