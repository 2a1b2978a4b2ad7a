#include "shared/app/event_bell.h"

#include <array>
#include <atomic>
#include <string>

#include "shared/base/clock.h"
#include "shared/base/log.h"

namespace crane::app {
namespace {

// Which books a program rang for and when, packed into one word. Two sets of
// books that share a place ring more often than they need to.
constexpr std::size_t places = 1024;
std::array<std::atomic<std::uint64_t>, places> last_rings{};

bool has_just_rung(std::uint32_t books_id, std::int64_t at_milliseconds) {
    auto& place = last_rings[books_id % places];
    const auto last = place.load(std::memory_order_relaxed);
    const auto at = static_cast<std::uint32_t>(at_milliseconds);
    if (last >> 32U == books_id && at - static_cast<std::uint32_t>(last) < ring_milliseconds) return true;
    place.store(std::uint64_t{books_id} << 32U | at, std::memory_order_relaxed);
    return false;
}

}  // namespace

void ring_for_events(Stores& stores, std::uint32_t books_id) noexcept {
    try {
        const auto at = monotonic_milliseconds();
        if (books_id == 0 || has_just_rung(books_id, at)) return;
        stores.redis().send({"ZADD", unnumbered_set, "NX", std::to_string(at), std::to_string(books_id)});
    } catch (const std::exception& exception) {
        log(LogLevel::warning, "a ring was lost", {{"reason", exception.what()}});
    }
}

void ring_for_deliveries(Stores& stores) noexcept {
    try {
        stores.redis().send({"PUBLISH", deliveries_channel, "1"});
    } catch (const std::exception& exception) {
        log(LogLevel::warning, "a ring was lost", {{"reason", exception.what()}});
    }
}

}  // namespace crane::app
