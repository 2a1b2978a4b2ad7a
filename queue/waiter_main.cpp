// crane-waiter: holds the requests that wait for a job, so that no handler's
// thread does. nginx hands them over by X-Accel-Redirect.
#include <cstdio>
#include <thread>

#include "queue/waiting_room.h"
#include "shared/base/log.h"

int main() {
    using namespace crane;
    try {
        const auto config = load_config();
        start_log("waiter", config.log_level);
        const app::StopSignal stop_signal;
        app::Stores stores(config);
        queue::WaitingRoom room(stores);
        http::Server server(0);
        std::thread waking([&] {
            room.run(stop_signal);
            server.stop();
        });
        constexpr int threads = 2;
        server.run(threads, [&](http::Exchange exchange) { room.hold(std::move(exchange)); });
        waking.join();
        log(LogLevel::info, "stopped");
        return 0;
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "waiter: %s\n", exception.what());
        return 1;
    }
}
