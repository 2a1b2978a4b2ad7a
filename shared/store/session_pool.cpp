#include <condition_variable>
#include <mutex>

#include "shared/store/session.h"

namespace crane::store {

struct SessionPool::State {
    Config config;
    SessionKind kind;
    std::size_t most;
    std::mutex mutex;
    std::condition_variable returned;
    std::vector<std::unique_ptr<Session>> idle;  // last in, first out: the warm ones are used
    std::size_t taken = 0;
};

SessionPool::SessionPool(const Config& config, SessionKind kind, std::size_t most)
    : state_(std::make_unique<State>()) {
    state_->config = config;
    state_->kind = kind;
    state_->most = most;
}

SessionPool::~SessionPool() = default;

SessionPool::Lease SessionPool::acquire() {
    std::unique_lock lock(state_->mutex);
    state_->returned.wait(lock, [&] { return state_->taken < state_->most; });
    ++state_->taken;
    if (!state_->idle.empty()) {
        auto session = std::move(state_->idle.back());
        state_->idle.pop_back();
        return {session.release(), Return{this}};
    }
    lock.unlock();
    try {
        return {open_session(state_->config, state_->kind).release(), Return{this}};
    } catch (...) {
        lock.lock();
        --state_->taken;
        state_->returned.notify_one();
        throw;
    }
}

void SessionPool::Return::operator()(Session* returned) const {
    std::unique_ptr<Session> session(returned);
    if (session->kind() == SessionKind::write) session->rollback();
    const std::lock_guard lock(pool->state_->mutex);
    --pool->state_->taken;
    if (session->is_usable()) {
        pool->state_->idle.push_back(std::move(session));
    } else {
        pool->state_->idle.clear();  // the server went away: the others are as old
    }
    pool->state_->returned.notify_one();
}

}  // namespace crane::store
