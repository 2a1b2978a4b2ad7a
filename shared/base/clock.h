// The time, through one door, so that tests can set it.
#pragma once

#include <cstdint>

#include "shared/base/date.h"

namespace crane {

// Now, UTC. Any thread may call.
Timestamp now();

// Since an arbitrary moment and never backward: for measuring durations only.
std::int64_t monotonic_milliseconds();
std::int64_t monotonic_microseconds();

// For tests: from here on now() answers `fixed`; a Timestamp of zero gives the
// real time back.
void set_clock_for_tests(Timestamp fixed);

}  // namespace crane
