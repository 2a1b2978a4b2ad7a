#include "shared/app/program.h"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <thread>

#include "shared/app/pipeline.h"
#include "shared/app/stop_signal.h"
#include "shared/base/log.h"
#include "shared/http/fastcgi.h"

namespace crane::app {
namespace {

// A request that the web server hangs on to ends within its own timeouts; what
// is still running after this is ended with the program.
constexpr int most_stop_seconds = 30;

}  // namespace

int serve_family(const Family& family, int argument_count, char** arguments,
                 const OperationTable* operations) {
    if (argument_count == 2 && std::strcmp(arguments[1], "--describe") == 0) {
        std::puts(describe(family).c_str());
        return 0;
    }
    try {
        const auto config = load_config();
        start_log(family.name, config.log_level);
        const StopSignal stop_signal;
        Stores stores(config);
        Pipeline pipeline(stores, family, operations);
        http::Server server(0);
        std::thread stopper([&] {
            stop_signal.wait();
            log(LogLevel::info, "stopping");
            server.stop();
        });
        log(LogLevel::info, "serving", {{"threads", std::to_string(config.threads)}});
        const LastResort last_resort(most_stop_seconds, stop_signal);
        server.run(config.threads, [&](http::Exchange exchange) {
            const auto reply = pipeline.handle(exchange.request());
            exchange.answer(reply);
        });
        stopper.join();
        log(LogLevel::info, "stopped");
        return 0;
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "%s: %s\n", std::string(family.name).c_str(), exception.what());
        return 1;
    }
}

}  // namespace crane::app
