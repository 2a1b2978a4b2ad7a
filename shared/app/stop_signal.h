// SIGTERM and SIGINT as something that a thread can wait for.
#pragma once

#include <atomic>
#include <thread>

namespace crane::app {

// Construct before any thread starts: the signals are blocked in all of them
// and taken by whoever waits.
class StopSignal {
public:
    StopSignal();
    // Returns once a stop was asked for; any number of threads may wait.
    void wait() const;
    // True if a stop was asked for within the time.
    bool wait_for_milliseconds(int milliseconds) const;
    // As if the signal had come.
    void raise() const;

private:
    int descriptor_;
    mutable std::atomic<bool> is_raised_{false};
};

// Ends the process when it has not ended `seconds` after a stop was asked for.
class LastResort {
public:
    LastResort(int seconds, const StopSignal& signal);
    ~LastResort();

private:
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

}  // namespace crane::app
