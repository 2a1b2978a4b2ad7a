// Sends deliveries to webhooks: many at once, few to one receiver, so that a
// slow one holds up nobody but itself.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "shared/app/stop_signal.h"
#include "shared/app/stores.h"
#include "shared/base/hash.h"
#include "shared/outbound/poster.h"
#include "shared/service/webhook_deliveries.h"
#include "shared/service/webhooks.h"

namespace crane::queue {

class WebhookDeliverer {
public:
    // `master_key` opens the webhooks' secrets.
    WebhookDeliverer(app::Stores& stores, const Digest& master_key);

    // Until a stop is asked for; what is under way then has a moment to end. What
    // has not is sent again later. One thread.
    void run(const app::StopSignal& stop_signal);

private:
    using ReceiverId = std::pair<std::uint32_t, WebhookId>;
    struct Receiver {
        std::int64_t under_way = 0;
        bool is_failing = false;  // its last attempt failed: one at a time, until one succeeds
    };
    struct Flight {
        ReceiverId receiver;
        service::webhook_deliveries::Claimed claimed;
    };
    // What a webhook's claimed deliveries are sent with.
    struct Batch;

    void look();
    std::int64_t room_for(const ReceiverId& receiver) const;
    void take(const service::webhook_deliveries::Queue& queue, std::int64_t most);
    std::optional<Batch> claim(store::Session& session, const service::webhook_deliveries::Queue& queue,
                               std::int64_t most);
    void send(const Batch& batch);
    void settle(const std::vector<outbound::Outcome>& outcomes);
    static void settle_one(store::Session& session, const Flight& flight, const outbound::Outcome& outcome,
                           std::vector<std::uint32_t>& rung);
    static void disable(store::Session& session, const ReceiverId& receiver, const char* reason,
                        std::vector<std::uint32_t>& rung);
    bool is_rung();
    void tidy();

    app::Stores* stores_;
    Digest master_key_;
    outbound::Poster poster_;
    redis::Client subscriber_;
    std::map<std::uint64_t, Flight> flights_;
    std::map<ReceiverId, Receiver> receivers_;
    std::map<std::uint32_t, std::int64_t> under_way_of_books_;
    std::uint64_t last_tag_ = 0;
    bool is_look_wanted_ = true;
    std::int64_t last_look_milliseconds_ = 0;
    std::int64_t last_tidy_milliseconds_ = 0;
};

}  // namespace crane::queue
