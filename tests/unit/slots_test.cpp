// Slots of a hot row: each writer of a moment has its own, and gives it back.
#include "shared/service/slots.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace crane::service {
namespace {

using Sessions = std::vector<std::unique_ptr<store::Session>>;

TEST(Slots, TheLowestFreeOneIsTaken) {
    Slots slots;
    const auto row = make_id_bytes();
    Sessions sessions;
    for (int expected = 0; expected < 5; ++expected) {
        sessions.push_back(store::unconnected_session());
        EXPECT_EQ(slots.take(*sessions.back(), row), expected);
    }
    sessions[1].reset();  // its session has ended
    sessions[3].reset();
    const auto first = store::unconnected_session();
    const auto second = store::unconnected_session();
    const auto third = store::unconnected_session();
    EXPECT_EQ(slots.take(*first, row), 1);
    EXPECT_EQ(slots.take(*second, row), 3);
    EXPECT_EQ(slots.take(*third, row), 5);
}

TEST(Slots, AQuietRowKeepsOne) {
    Slots slots;
    const auto row = make_id_bytes();
    for (int round = 0; round < 1000; ++round) {
        const auto session = store::unconnected_session();
        ASSERT_EQ(slots.take(*session, row), 0);
    }
}

TEST(Slots, RowsDoNotShare) {
    Slots slots;
    const auto session = store::unconnected_session();
    for (int round = 0; round < 100; ++round) EXPECT_EQ(slots.take(*session, make_id_bytes()), 0);
}

TEST(Slots, WhenAllAreTakenTheFirstIsShared) {
    Slots slots;
    const auto row = make_id_bytes();
    Sessions sessions;
    for (int expected = 0; expected < slot_count; ++expected) {
        sessions.push_back(store::unconnected_session());
        ASSERT_EQ(slots.take(*sessions.back(), row), expected);
    }
    {
        const auto late = store::unconnected_session();
        EXPECT_EQ(slots.take(*late, row), 0);
    }
    // The one that came late has not given back what it did not own.
    const auto later = store::unconnected_session();
    EXPECT_EQ(slots.take(*later, row), 0);
    sessions[0].reset();
    const auto next = store::unconnected_session();
    EXPECT_EQ(slots.take(*next, row), 0);
    const auto last = store::unconnected_session();
    EXPECT_EQ(slots.take(*last, row), 0);  // shared again: 0 is owned by `next`
}

TEST(Slots, AreDistinctAmongThoseWhoHoldThemAtOnce) {
    constexpr int threads = 16;
    constexpr int rounds = 500;
    Slots slots;
    const auto row = make_id_bytes();
    std::mutex mutex;
    std::multiset<int> held;
    std::atomic<int> faults = 0;
    std::barrier start(threads);
    const auto work = [&] {
        start.arrive_and_wait();
        for (int round = 0; round < rounds; ++round) {
            auto session = store::unconnected_session();
            const int slot = slots.take(*session, row);
            {
                const std::lock_guard lock(mutex);
                if (held.contains(slot) || slot < 0 || slot >= threads) ++faults;
                held.insert(slot);
            }
            std::this_thread::yield();
            {
                const std::lock_guard lock(mutex);
                held.erase(held.find(slot));
            }
            session.reset();
        }
    };
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < threads; ++i) all.emplace_back(work);
    }
    EXPECT_EQ(faults, 0);
    const auto session = store::unconnected_session();
    EXPECT_EQ(slots.take(*session, row), 0);  // every one was given back
}

TEST(Slots, TheSearchBeginsWhereItIsTold) {
    Slots slots(slot_count - 2);
    const auto row = make_id_bytes();
    Sessions sessions;
    for (const int expected : {slot_count - 2, slot_count - 1, 0, 1}) {
        sessions.push_back(store::unconnected_session());
        EXPECT_EQ(slots.take(*sessions.back(), row), expected);
    }
}

TEST(Slots, SumsAndCreditsCountApart) {
    const auto row = make_id_bytes();
    const auto session = store::unconnected_session();
    EXPECT_EQ(Slots::of_sums().take(*session, row), 0);
    const int first = Slots::of_credits().take(*session, row);
    EXPECT_EQ(Slots::of_sums().take(*session, row), 1);
    EXPECT_EQ(Slots::of_credits().take(*session, row), (first + 1) % slot_count);
}

}  // namespace
}  // namespace crane::service
