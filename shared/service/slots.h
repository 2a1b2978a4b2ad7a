// Which of a hot row's slots a writer of this process takes: the lowest that
// no other writer holds at the moment. A quiet account keeps one row; a hot
// one spreads over as many rows as it has writers at once, so that none waits
// for another's commit.
#pragma once

#include <bitset>
#include <mutex>
#include <unordered_map>

#include "shared/base/id.h"
#include "shared/store/session.h"

namespace crane::service {

constexpr int slot_count = 64;

class Slots {
public:
    // Held until the session ends. When all slots are taken, slot 0 is shared:
    // its writers wait for each other, which is slower and still right.
    int take(store::Session& session, const IdBytes& hot_row);

    // Of this process. Sums and credits count their slots apart.
    static Slots& of_sums();
    static Slots& of_credits();

private:
    void give_back(const IdBytes& hot_row, int slot);

    struct Hash {
        std::size_t operator()(const IdBytes& bytes) const noexcept;
    };
    std::mutex mutex_;
    std::unordered_map<IdBytes, std::bitset<slot_count>, Hash> taken_;
};

}  // namespace crane::service
