// Saying that there are events to number, and deliveries to send. What is said
// may be lost: whoever listens looks for itself now and then.
#pragma once

#include <cstdint>
#include <string_view>

#include "shared/app/stores.h"

namespace crane::app {

// Names in Redis. The set holds books by the time at which they first rang.
constexpr std::string_view unnumbered_set = "crane:unnumbered";
constexpr std::string_view deliveries_channel = "crane:deliveries";

// A program rings for the same books once in this time; whoever answers a ring
// must look again after it, since more may have been committed silently.
constexpr int ring_milliseconds = 20;

// After a commit that wrote events. Never waits, never throws.
void ring_for_events(Stores& stores, std::uint32_t books_id) noexcept;

// After a commit that wrote deliveries.
void ring_for_deliveries(Stores& stores) noexcept;

}  // namespace crane::app
