#include "tests/bench/load_loop.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace crane::bench {
namespace {

// After the window's end, for what was sent before it.
constexpr double most_seconds_behind = 40;

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

Loop::Loop(const Destination& destination, Composer composer, Pace pace)
    : destination_(&destination),
      composer_(std::move(composer)),
      pace_(pace),
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) fail("epoll_create1");
}

Loop::~Loop() {
    lanes_.clear();
    ::close(epoll_);
    if (ticker_ >= 0) ::close(ticker_);
}

void Loop::open() {
    for (int i = 0; i < pace_.connections; ++i) {
        lanes_.push_back(std::make_unique<Lane>(*destination_));
        open(*lanes_.back());
        idle_.push_back(lanes_.back().get());
    }
}

void Loop::open(Lane& lane) {
    lane.connection.open();
    watch(lane, EPOLL_CTL_ADD, false);
}

void Loop::watch(Lane& lane, int action, bool wants_write) const {
    epoll_event event{};
    event.events = EPOLLIN | (wants_write ? std::uint32_t{EPOLLOUT} : 0U);
    event.data.ptr = &lane;
    if (epoll_ctl(epoll_, action, lane.connection.descriptor(), &event) != 0) fail("epoll_ctl");
    lane.wants_write = wants_write;
}

// The timer rings at the due times; how many were due is read off the clock.
void Loop::start_ticking() {
    ticker_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    const auto nanoseconds = static_cast<long>(1e9 / pace_.per_second);
    itimerspec every{};
    every.it_interval = {nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    every.it_value = every.it_interval;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr;
    if (ticker_ < 0 || timerfd_settime(ticker_, 0, &every, nullptr) != 0 ||
        epoll_ctl(epoll_, EPOLL_CTL_ADD, ticker_, &event) != 0) {
        fail("timerfd");
    }
    next_due_ = after(moment(), 1 / pace_.per_second);
}

void Loop::take_due(Moment at) {
    std::uint64_t rings = 0;
    [[maybe_unused]] const auto got = ::read(ticker_, &rings, sizeof(rings));
    for (; next_due_ <= at && next_due_ < window_.ends; next_due_ = after(next_due_, 1 / pace_.per_second)) {
        due_.push_back(next_due_);
    }
    while (!due_.empty() && !idle_.empty()) {
        auto* const lane = idle_.back();
        idle_.pop_back();
        const auto due = due_.front();
        due_.pop_front();
        send(*lane, due);
    }
}

// Whether a closed loop goes on.
bool Loop::take_request(Moment at) const {
    if (pace_.requests_left == nullptr) return at < window_.ends;
    return pace_.requests_left->fetch_sub(1) > 0;
}

void Loop::run(const Window& window) {
    window_ = window;
    const bool is_open_loop = pace_.per_second > 0;
    if (is_open_loop) {
        start_ticking();
    } else {
        const auto starting = std::exchange(idle_, {});
        for (auto* const lane : starting) {
            if (const auto at = moment(); take_request(at)) send(*lane, at);
        }
    }
    const auto give_up = after(window.ends, most_seconds_behind);
    std::array<epoll_event, 64> events;
    const auto goes_on = [&](Moment at) {
        return busy_ > 0 || (is_open_loop && (at < window_.ends || !due_.empty()));
    };
    for (auto at = moment(); goes_on(at); at = moment()) {
        if (at > give_up) throw std::runtime_error("Replies did not come.");
        const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
        for (int i = 0; i < count; ++i) {
            auto* const lane = static_cast<Lane*>(events[static_cast<std::size_t>(i)].data.ptr);
            if (lane == nullptr) {
                take_due(moment());
            } else if (lane->is_busy) {
                follow(*lane, lane->connection.go_on());
            } else {
                go_on_when_idle(*lane);
            }
        }
    }
}

void Loop::send(Lane& lane, Moment due) {
    lane.is_busy = true;
    lane.due = due;
    ++busy_;
    composer_.compose(lane.connection.request);
    follow(lane, lane.connection.send());
}

void Loop::follow(Lane& lane, Connection::Progress progress) {
    using enum Connection::Progress;
    switch (progress) {
        case wants_read:
            if (lane.wants_write) watch(lane, EPOLL_CTL_MOD, false);
            return;
        case wants_write:
            if (!lane.wants_write) watch(lane, EPOLL_CTL_MOD, true);
            return;
        case broken:
            measurement_.count_broken();
            open(lane);  // the request is not sent again: it may have taken effect
            break;
        case answered:
            measurement_.count(window_, lane.due, moment(), lane.connection.status());
            if (lane.connection.status() >= 300 && first_refusal_.empty())
                first_refusal_ = lane.connection.beginning();
            if (lane.connection.is_closing()) open(lane);
            break;
    }
    finish(lane);
}

void Loop::finish(Lane& lane) {
    lane.is_busy = false;
    --busy_;
    const auto at = moment();
    if (pace_.per_second == 0) {
        if (take_request(at)) send(lane, at);
        return;
    }
    idle_.push_back(&lane);
    if (!due_.empty()) take_due(at);
}

// Session tickets come when they like; or the server has hung up.
void Loop::go_on_when_idle(Lane& lane) {
    if (lane.connection.go_on() != Connection::Progress::wants_read) open(lane);
}

}  // namespace crane::bench
