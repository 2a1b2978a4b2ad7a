// One thread of the load generator: some connections, one epoll set.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "tests/bench/load_connection.h"
#include "tests/bench/load_plan.h"
#include "tests/bench/measurement.h"

namespace crane::bench {

struct Pace {
    int connections = 1;
    // 0: each connection sends its next request when the last was answered (closed loop). Else requests are
    // due at this rate whatever becomes of them, and a latency counts from the due time (open loop).
    double per_second = 0;
    // Null: until the window ends. Else so many, shared by all threads.
    std::atomic<std::int64_t>* requests_left = nullptr;
};

class Loop {
public:
    Loop(const Destination& destination, Composer composer, Pace pace);
    ~Loop();

    // All connections are open after this.
    void open();
    // Sends until the window's end or until no request is left, and waits for the answers.
    void run(const Window& window);

    const Measurement& measurement() const { return measurement_; }
    // The first reply that was no success, for the eye.
    const std::string& first_refusal() const { return first_refusal_; }

private:
    struct Lane {
        explicit Lane(const Destination& destination) : connection(destination) {}
        Connection connection;
        bool is_busy = false;
        bool wants_write = false;
        Moment due;
    };

    void open(Lane& lane);
    void watch(Lane& lane, int action, bool wants_write) const;
    void start_ticking();
    void take_due(Moment at);
    bool take_request(Moment at) const;
    void send(Lane& lane, Moment due);
    void follow(Lane& lane, Connection::Progress progress);
    void finish(Lane& lane);
    void go_on_when_idle(Lane& lane);

    const Destination* destination_;
    Composer composer_;
    Pace pace_;
    Window window_{};
    int epoll_ = -1;
    int ticker_ = -1;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::vector<Lane*> idle_;
    std::deque<Moment> due_;  // open loop: what no connection was free for
    Moment next_due_;
    std::size_t busy_ = 0;
    Measurement measurement_;
    std::string first_refusal_;
};

}  // namespace crane::bench
