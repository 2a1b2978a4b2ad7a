#include "shared/app/gathering.h"

namespace crane::app {

void Gathering::join(GatheringMember& member, const Run& run) {
    std::unique_lock lock(mutex_);
    waiting_.push_back(&member);
    while (!member.is_done_) {
        if (!member.is_taken_ && running_ < most_groups_) {
            lead(member, run, lock);
        } else {
            member.woken_.wait(lock);
        }
    }
}

Gathering::Group Gathering::take_group(GatheringMember& first) {
    waiting_.remove(&first);
    Group group{&first};
    std::erase_if(waiting_, [&](GatheringMember* other) {
        if (other->kind != first.kind || group.size() == most_members_) return false;
        group.push_back(other);
        return true;
    });
    for (auto* member : group) member->is_taken_ = true;
    return group;
}

void Gathering::lead(GatheringMember& first, const Run& run, std::unique_lock<std::mutex>& lock) {
    const auto group = take_group(first);
    ++running_;
    lock.unlock();
    run(group);
    lock.lock();
    --running_;
    for (auto* member : group) {
        member->is_done_ = true;
        member->woken_.notify_one();
    }
    if (!waiting_.empty()) waiting_.front()->woken_.notify_one();
}

}  // namespace crane::app
