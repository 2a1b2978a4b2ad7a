// crane-webhooks: sends events to webhooks. A program of its own, since nothing
// else here talks to strangers: what goes wrong with one of them, in a TLS
// library or a resolver, leaves the worker and the books alone, and a firewall
// can give the way out to this program only.
#include <cstdio>

#include "queue/webhook_deliverer.h"
#include "shared/base/log.h"
#include "shared/base/secret_box.h"

int main() {
    using namespace crane;
    try {
        const auto config = load_config();
        start_log("webhooks", config.log_level);
        if (config.master_key_file.empty())
            throw std::runtime_error("The setting CRANE_MASTER_KEY_FILE is missing.");
        const auto master_key = read_key_file(config.master_key_file);
        const app::StopSignal stop_signal;
        app::Stores stores(config);
        queue::WebhookDeliverer deliverer(stores, master_key);
        const app::LastResort last_resort(30, stop_signal);
        log(LogLevel::info, "delivering");
        deliverer.run(stop_signal);
        log(LogLevel::info, "stopped");
        return 0;
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "webhooks: %s\n", exception.what());
        return 1;
    }
}
