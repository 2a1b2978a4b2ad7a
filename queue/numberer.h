// Gives events their numbers soon after their commit, and writes the deliveries
// to webhooks that follow from them.
//
// Rings come by Redis. A ring that was lost, with Redis or with the program that
// had just committed, is found by looking at every set of books now and then.
#pragma once

#include <map>

#include "shared/app/stop_signal.h"
#include "shared/app/stores.h"
#include "shared/base/id.h"

namespace crane::queue {

class Numberer {
public:
    explicit Numberer(app::Stores& stores);

    // Until a stop is asked for. One thread; more of them, and more workers, do
    // no harm.
    void run(const app::StopSignal& stop_signal);

private:
    void listen();
    void look_around();
    void number_due();
    void number(std::uint32_t books_id);

    // When to look at a set of books (monotonic milliseconds).
    struct Due {
        std::int64_t at = 0;
        // Somebody rang: there may be more a moment later, about which he is silent.
        bool is_rung = false;
    };

    app::Stores* stores_;
    redis::Client redis_;
    std::map<std::uint32_t, Due> due_;
    std::uint32_t looked_up_to_ = 0;
    std::int64_t last_look_milliseconds_ = 0;
    std::int64_t rounds_ = 0;  // through all books
};

}  // namespace crane::queue
