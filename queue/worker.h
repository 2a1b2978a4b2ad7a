// One thread that takes books from the queue and runs their jobs.
#pragma once

#include <string>

#include "shared/app/job_runner.h"
#include "shared/app/stop_signal.h"

namespace crane::queue {

constexpr int worker_threads = 2;

class Worker {
public:
    Worker(app::Stores& stores, app::JobRunner& runner, std::string name);

    // Until a stop is asked for; what runs then is finished first.
    void run(const app::StopSignal& stop_signal);

private:
    void run_books(std::uint32_t books_id);

    app::Stores* stores_;
    app::JobRunner* runner_;
    std::string own_list_;  // what this thread has taken and not finished
    redis::Client redis_;
};

}  // namespace crane::queue
