// Threads of one moment become one group; nobody is forgotten, nobody is done twice.
#include "shared/app/gathering.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <set>
#include <thread>

namespace crane::app {
namespace {

struct Member : GatheringMember {
    using GatheringMember::GatheringMember;
    int runs = 0;
};

void run_members(const Gathering::Group& group) {
    for (auto* member : group) ++static_cast<Member*>(member)->runs;
}

TEST(Gathering, OneAloneIsItsOwnGroup) {
    Gathering gathering(2, 64);
    Member member("a");
    std::size_t size = 0;
    gathering.join(member, [&](const Gathering::Group& group) {
        size = group.size();
        run_members(group);
    });
    EXPECT_EQ(size, 1U);
    EXPECT_EQ(member.runs, 1);
}

// The first member holds the only group open until `others` more are waiting, so they form what comes next.
std::vector<std::size_t> sizes_behind_a_slow_group(std::size_t most_members,
                                                   const std::vector<std::string>& others) {
    Gathering gathering(1, most_members);
    std::latch first_runs(1);
    std::latch others_came(static_cast<std::ptrdiff_t>(others.size()));
    std::vector<std::size_t> sizes;
    const auto run = [&](const Gathering::Group& group) {
        std::set<std::string> kinds;
        for (auto* member : group) kinds.insert(member->kind);
        EXPECT_EQ(kinds.size(), 1U);
        EXPECT_LE(group.size(), most_members);
        if (sizes.empty()) {
            first_runs.count_down();
            others_came.wait();
            // They have come; let them get as far as waiting.
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        sizes.push_back(group.size());
        run_members(group);
    };
    std::vector<std::unique_ptr<Member>> members;
    std::vector<std::thread> threads;
    members.push_back(std::make_unique<Member>("first"));
    threads.emplace_back([&] { gathering.join(*members.front(), run); });
    first_runs.wait();
    for (const auto& kind : others) members.push_back(std::make_unique<Member>(kind));
    for (std::size_t i = 1; i < members.size(); ++i) {
        threads.emplace_back([&, i] {
            others_came.count_down();
            gathering.join(*members[i], run);
        });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& member : members) EXPECT_EQ(member->runs, 1);
    return sizes;
}

TEST(Gathering, NoGroupHasTwoKindsOrTooMany) {
    const auto sizes = sizes_behind_a_slow_group(3, {"a", "a", "b", "a", "a", "a", "b", "a"});
    std::size_t sum = 0;
    for (const auto size : sizes) sum += size;
    EXPECT_EQ(sum, 9U);
}

TEST(Gathering, ManyThreadsManyTimes) {
    Gathering gathering(2, 8);
    std::atomic<int> running = 0;
    std::atomic<int> done = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 12; ++thread) {
        threads.emplace_back([&, thread] {
            for (int round = 0; round < 500; ++round) {
                Member member(thread % 3 == 0 ? "a" : "b");
                gathering.join(member, [&](const Gathering::Group& group) {
                    EXPECT_LE(++running, 2);
                    run_members(group);
                    --running;
                });
                EXPECT_EQ(member.runs, 1);
                ++done;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(done, 6000);
}

}  // namespace
}  // namespace crane::app
