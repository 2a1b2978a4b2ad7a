#include "queue/numberer.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "shared/app/event_bell.h"
#include "shared/app/execution.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/service/event_numbering.h"

namespace crane::queue {
namespace {

namespace numbering = service::event_numbering;

// Longer than Redis is asked to hold a request for a ring.
constexpr int redis_timeout_milliseconds = 3000;
constexpr std::int64_t longest_wait_milliseconds = 1000;
// Longer than a program keeps silent after a ring.
constexpr std::int64_t look_again_milliseconds = std::int64_t{3} * app::ring_milliseconds;
// Every set of books is looked at about once in this time, unless there are
// very many; without Redis, which cannot ring, more often.
constexpr std::int64_t look_milliseconds = 1000;
constexpr std::int64_t look_without_redis_milliseconds = 100;
constexpr std::uint32_t books_in_a_look = 5000;
// An event is written at the end of its session, so one that is older than this
// has its number. What was numbered stays in the index until the store has
// cleaned up, which a long backup delays: nobody reads through that. Now and
// then everything is looked at, in case of a clock that was wrong.
constexpr std::int64_t unnumbered_for_milliseconds = 300'000;
constexpr std::int64_t whole_every_rounds = 60;

IdBytes from_recent() {
    return least_id_at(now().microseconds / 1000 - unnumbered_for_milliseconds);
}

std::string seconds_text(std::int64_t milliseconds) {
    const auto rest = std::to_string(milliseconds % 1000);
    return std::to_string(milliseconds / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
}

}  // namespace

Numberer::Numberer(app::Stores& stores)
    : stores_(&stores), redis_(stores.config.redis_socket, redis_timeout_milliseconds) {}

void Numberer::run(const app::StopSignal& stop_signal) {
    while (!stop_signal.wait_for_milliseconds(0)) {
        try {
            look_around();
            number_due();
        } catch (const std::exception& exception) {
            log(LogLevel::warning, "nobody looked for events; somebody will", {{"reason", exception.what()}});
            stop_signal.wait_for_milliseconds(500);
        }
        listen();
        if (!redis_.is_connected())
            stop_signal.wait_for_milliseconds(static_cast<int>(look_without_redis_milliseconds));
    }
}

// Waits for a ring, but not beyond what is due.
void Numberer::listen() {
    auto wait = longest_wait_milliseconds;
    for (const auto& [books_id, due] : due_) wait = std::min(wait, due.at - monotonic_milliseconds());
    if (wait <= 0) return;
    const auto rung = redis_.command({"BZPOPMIN", app::unnumbered_set, seconds_text(wait)});
    if (!rung || rung->kind != redis::Answer::Kind::list || rung->list.size() < 2) return;
    std::uint32_t books_id = 0;
    const auto& text = rung->list[1].text;
    std::from_chars(text.data(), text.data() + text.size(), books_id);
    due_[books_id] = {monotonic_milliseconds(), true};
}

void Numberer::number_due() {
    // One group of each in turn: nobody's flood holds up the others.
    std::vector<std::uint32_t> turn;
    for (const auto& [books_id, due] : due_) {
        if (due.at <= monotonic_milliseconds()) turn.push_back(books_id);
    }
    for (const auto books_id : turn) {
        try {
            number(books_id);
        } catch (const std::exception& exception) {
            // They are found again by looking around.
            due_.erase(books_id);
            log(LogLevel::warning, "events were not numbered; they will be", {{"reason", exception.what()}});
        }
    }
}

void Numberer::number(std::uint32_t books_id) {
    numbering::Numbered numbered;
    const bool is_whole = rounds_ % whole_every_rounds == 0;
    app::with_replays(*stores_, [&](store::Session& session) {
        numbered = numbering::number_some(session, books_id, is_whole ? IdBytes{} : from_recent(), now());
        session.commit();
    });
    if (numbered.deliveries > 0) app::ring_for_deliveries(*stores_);
    if (numbered.told_books_id) due_[*numbered.told_books_id] = {monotonic_milliseconds(), true};
    auto& due = due_[books_id];
    if (numbered.events == numbering::most_numbered) {
        due.at = monotonic_milliseconds();
    } else if (numbered.events > 0 || due.is_rung) {
        due = {monotonic_milliseconds() + look_again_milliseconds, false};
    } else {
        due_.erase(books_id);
    }
}

void Numberer::look_around() {
    const auto at = monotonic_milliseconds();
    const auto pause = redis::is_away() ? look_without_redis_milliseconds : look_milliseconds;
    if (rounds_ > 0 && at - last_look_milliseconds_ < pause) return;
    last_look_milliseconds_ = at;
    const auto session = stores_->readers.acquire();
    const bool is_whole = rounds_ % whole_every_rounds == 0;
    const auto from = is_whole ? IdBytes{} : from_recent();
    const auto to = looked_up_to_ + books_in_a_look;
    for (const auto books_id : numbering::books_to_number(*session, looked_up_to_, to, from)) {
        due_.try_emplace(books_id, Due{at, false});
    }
    looked_up_to_ = to;
    if (to < numbering::last_books(*session)) return;
    looked_up_to_ = 0;
    ++rounds_;
}

}  // namespace crane::queue
