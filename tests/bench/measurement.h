// What a run came to: latencies, outcomes, and the JSON that tells of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace crane::bench {

using Moment = std::chrono::steady_clock::time_point;
using Seconds = std::chrono::duration<double>;

inline Moment moment() {
    return std::chrono::steady_clock::now();
}
Moment after(Moment from, double seconds);

// When a run is measured. Before it the caches warm up; what is under way at
// its end is waited for, and not measured.
struct Window {
    Moment begins;
    Moment ends;

    bool holds(Moment at) const { return begins <= at && at < ends; }
};

// One thread's part; parts are put together at the end.
class Measurement {
public:
    // Something ended at `ended` that should have begun at `due`. HTTP's status
    // codes; a database session that was committed counts as 200.
    void count(const Window& window, Moment due, Moment ended, int status);
    void count_broken() { ++broken_; }
    void count_replay() { ++replays_; }
    void add(const Measurement& other);

    // {"per_second":…,"p50_ms":…,…}. `seconds` is how long was measured.
    std::string json(double seconds) const;

private:
    std::vector<std::uint32_t> microseconds_;   // within the window
    std::map<int, std::int64_t> statuses_;      // within the window
    std::map<int, std::int64_t> all_statuses_;  // warm-up and end included
    std::int64_t broken_ = 0;
    std::int64_t replays_ = 0;
};

// What this process has used of the processors, in seconds.
double processor_seconds();

}  // namespace crane::bench
