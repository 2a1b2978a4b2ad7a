#include "shared/base/clock.h"

#include <atomic>
#include <chrono>

namespace crane {

namespace {

// Zero stands for "not fixed". Atomic, so that a test that moves the clock
// under a running server is no data race; relaxed, so that it costs nothing.
std::atomic<std::int64_t> fixed_microseconds{0};

template <typename Unit, typename Clock>
std::int64_t units_of(Clock clock) {
    return std::chrono::duration_cast<Unit>(clock.now().time_since_epoch()).count();
}

}  // namespace

Timestamp now() {
    const std::int64_t fixed = fixed_microseconds.load(std::memory_order_relaxed);
    if (fixed != 0) return Timestamp{fixed};
    return Timestamp{units_of<std::chrono::microseconds>(std::chrono::system_clock{})};
}

std::int64_t monotonic_milliseconds() {
    return units_of<std::chrono::milliseconds>(std::chrono::steady_clock{});
}

std::int64_t monotonic_microseconds() {
    return units_of<std::chrono::microseconds>(std::chrono::steady_clock{});
}

void set_clock_for_tests(Timestamp fixed) {
    fixed_microseconds.store(fixed.microseconds, std::memory_order_relaxed);
}

}  // namespace crane
