// Requests that wait for a job's end, held without a thread each.
#pragma once

#include <list>
#include <mutex>

#include "shared/app/job_queue.h"
#include "shared/app/stop_signal.h"
#include "shared/http/fastcgi.h"

namespace crane::queue {

class WaitingRoom {
public:
    explicit WaitingRoom(app::Stores& stores) : stores_(&stores) {}

    // Takes a request that nginx handed over: holds it, or answers it at once
    // when the job has ended already. Any thread.
    void hold(http::Exchange exchange);

    // Wakes those whose job has ended and those whose time is up, until a stop
    // is asked for; then answers everyone. One thread.
    void run(const app::StopSignal& stop_signal);

private:
    // Who waits, for what, until when.
    struct Guest {
        http::Exchange exchange;
        service::Books books;
        JobId job_id;
        bool is_reply_wanted = false;  // the operation's reply, not the job
        std::int64_t until_milliseconds = 0;
        std::vector<std::pair<std::string, std::string>> headers;
        int seconds = 0;
    };
    using Guests = std::list<Guest>;

    void answer_finished(const std::string& message);
    void answer_expired(std::int64_t at_milliseconds);
    void look_for_finished();
    void answer(Guest& guest);
    // Those that `is_chosen`, out of the room.
    Guests take(const std::function<bool(const Guest&)>& is_chosen);

    app::Stores* stores_;
    std::mutex mutex_;
    std::list<Guest> guests_;
};

}  // namespace crane::queue
