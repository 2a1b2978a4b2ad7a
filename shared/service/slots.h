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
    // The search begins at `first`.
    explicit Slots(int first = 0) : first_(first) {}

    // Held until the session ends. When all slots are taken, slot 0 is shared:
    // its writers wait for each other, which is slower and still right.
    int take(store::Session& session, const IdBytes& hot_row);

    // Of this process. Sums and credits count their slots apart: sums begin at
    // 0, so that a quiet account keeps one row; a pool has all its rows from the
    // beginning, so each process begins elsewhere.
    static Slots& of_sums();
    static Slots& of_credits();

private:
    void give_back(const IdBytes& hot_row, int slot);

    struct Hash {
        std::size_t operator()(const IdBytes& bytes) const noexcept;
    };
    int first_;
    std::mutex mutex_;
    std::unordered_map<IdBytes, std::bitset<slot_count>, Hash> taken_;
};

}  // namespace crane::service
