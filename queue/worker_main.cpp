// crane-worker: drains the queue.
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "queue/numberer.h"
#include "queue/operations.h"
#include "queue/sweeper.h"
#include "queue/worker.h"
#include "shared/app/stop_signal.h"
#include "shared/base/log.h"
#include "shared/base/random.h"

int main() {
    using namespace crane;
    try {
        const auto config = load_config();
        start_log("worker", config.log_level);
        const app::StopSignal stop_signal;
        app::Stores stores(config);
        const auto name = "worker-" + std::to_string(getpid()) + "-" + random_base62(6);
        app::JobRunner runner(stores, queue::all_operations());
        queue::Sweeper sweeper(stores, runner, name);
        const app::LastResort last_resort(30, stop_signal);
        std::thread sweeping([&] { sweeper.run(stop_signal); });
        std::thread numbering([&] { queue::Numberer(stores).run(stop_signal); });
        std::vector<std::thread> workers;
        for (int i = 0; i < queue::worker_threads; ++i) {
            workers.emplace_back(
                [&, i] { queue::Worker(stores, runner, name + "-" + std::to_string(i)).run(stop_signal); });
        }
        log(LogLevel::info, "working", {{"name", name}});
        for (auto& worker : workers) worker.join();
        sweeping.join();
        numbering.join();
        log(LogLevel::info, "stopped");
        return 0;
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "worker: %s\n", exception.what());
        return 1;
    }
}
