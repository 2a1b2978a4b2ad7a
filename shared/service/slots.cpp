#include "shared/service/slots.h"

#include <unistd.h>

#include <cstring>

namespace crane::service {

std::size_t Slots::Hash::operator()(const IdBytes& bytes) const noexcept {
    std::size_t low = 0;
    std::memcpy(&low, bytes.data() + 8, sizeof(low));
    return low;
}

int Slots::take(store::Session& session, const IdBytes& hot_row) {
    int slot = first_;
    {
        const std::lock_guard lock(mutex_);
        auto& taken = taken_[hot_row];
        if (taken.all()) return first_;
        while (taken.test(static_cast<std::size_t>(slot))) slot = (slot + 1) % slot_count;
        taken.set(static_cast<std::size_t>(slot));
    }
    session.at_end([this, hot_row, slot] { give_back(hot_row, slot); });
    return slot;
}

void Slots::give_back(const IdBytes& hot_row, int slot) {
    const std::lock_guard lock(mutex_);
    const auto found = taken_.find(hot_row);
    if (found == taken_.end()) return;
    found->second.reset(static_cast<std::size_t>(slot));
    if (found->second.none()) taken_.erase(found);
}

Slots& Slots::of_sums() {
    static Slots slots;
    return slots;
}

Slots& Slots::of_credits() {
    static Slots slots(static_cast<int>(getpid()) % slot_count);
    return slots;
}

}  // namespace crane::service
