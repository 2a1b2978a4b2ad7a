// Gathers what several threads want done at the same moment, so that one of them does it for all: while one
// group's commit waits for the disk, the next one grows. A thread that comes alone is served at once.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <vector>

namespace crane::app {

// What one thread brings. Derive from it; the gathering looks at `kind` only.
struct GatheringMember {
    explicit GatheringMember(std::string its_kind) : kind(std::move(its_kind)) {}
    GatheringMember(const GatheringMember&) = delete;
    GatheringMember& operator=(const GatheringMember&) = delete;

    const std::string kind;  // only members of one kind are run together

private:
    friend class Gathering;
    bool is_taken_ = false;
    bool is_done_ = false;
    std::condition_variable woken_;
};

class Gathering {
public:
    using Group = std::vector<GatheringMember*>;
    using Run = std::function<void(const Group&)>;

    // At most so many groups run at the same time, each with at most so many members.
    Gathering(std::size_t most_groups, std::size_t most_members)
        : most_groups_(most_groups), most_members_(most_members) {}

    // Returns when `member` was in a group that was run. This thread runs that group itself by `run`, or
    // waits for the thread that does. `run` must not throw; it leaves its results in the members. Any thread.
    void join(GatheringMember& member, const Run& run);

private:
    Group take_group(GatheringMember& first);
    void lead(GatheringMember& first, const Run& run, std::unique_lock<std::mutex>& lock);

    const std::size_t most_groups_;
    const std::size_t most_members_;
    std::mutex mutex_;
    std::list<GatheringMember*> waiting_;  // in the order of their coming
    std::size_t running_ = 0;
};

}  // namespace crane::app
