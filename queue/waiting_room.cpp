#include "queue/waiting_room.h"

#include <poll.h>

#include <charconv>

#include "shared/app/replies.h"
#include "shared/app/store_faults.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"

namespace crane::queue {

namespace {

constexpr int tick_milliseconds = 50;
constexpr int look_every_ticks = 20;  // in case that a wake-up was lost

std::int64_t number_of(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string value_of(const http::Parameters& parameters, std::string_view name) {
    for (const auto& [given, value] : parameters) {
        if (given == name) return value;
    }
    return {};
}

http::Reply reply_of(const service::jobs::JobRow& job, const service::Books& books, bool is_reply_wanted,
                     const std::string& request_id) {
    http::Reply reply;
    if (!is_reply_wanted) {
        reply.body = app::job_value(job, books).dump();
        reply.set_header("ETag", app::entity_tag(reply.body));
        return reply;
    }
    if (job.status == "completed") {
        reply.status = static_cast<int>(job.reply_status.value_or(200));
        if (reply.status != 204) {
            reply.body = job.result.value_or("{}");
            // A batch is no single resource; only those carry a tag.
            if (!job.resource_id.empty()) reply.set_header("ETag", app::entity_tag(reply.body));
        }
        return reply;
    }
    if (job.status == "failed") {
        reply.status = static_cast<int>(job.reply_status.value_or(500));
        // The job's error, completed with the request's id.
        auto error = job.error.value_or("{}");
        error.insert(error.size() - 1, R"(,"request_id":")" + request_id + "\"");
        reply.body = R"({"error":)" + error + "}";
        return reply;
    }
    return app::accepted_reply(job, books);
}

}  // namespace

void WaitingRoom::hold(http::Exchange exchange) {
    const auto parameters = http::parse_query(exchange.request().query_string).value_or(http::Parameters{});
    const auto job_id = parse_id<JobNoun>(value_of(parameters, "job"));
    const auto organization_id = parse_id<OrganizationNoun>(value_of(parameters, "organization"));
    if (!job_id || !organization_id) {
        exchange.answer(app::error_reply(Error(ErrorCode::route_not_found, "There is no such route."),
                                         exchange.request().request_id));
        return;
    }
    Guest guest{std::move(exchange), {}, *job_id, value_of(parameters, "as") == "reply", 0, {}, 0};
    guest.books.books_id = static_cast<std::uint32_t>(number_of(value_of(parameters, "books")));
    guest.books.organization_id = *organization_id;
    guest.books.livemode = value_of(parameters, "livemode") == "1";
    guest.seconds = static_cast<int>(number_of(value_of(parameters, "seconds")));
    guest.until_milliseconds = monotonic_milliseconds() + guest.seconds * std::int64_t{1000};
    guest.headers = {{"X-Request-Id", guest.exchange.request().request_id},
                     {"X-RateLimit-Limit", value_of(parameters, "limit")},
                     {"X-RateLimit-Remaining", value_of(parameters, "remaining")},
                     {"X-RateLimit-Reset", value_of(parameters, "reset")},
                     {"X-Credits-Cost", "0"},
                     {"X-Credits-Remaining", value_of(parameters, "credits")}};
    if (value_of(parameters, "replayed") == "1") guest.headers.emplace_back("Idempotent-Replayed", "true");
    {
        const std::lock_guard lock(mutex_);
        guests_.push_back(std::move(guest));
    }
    // It may have ended before the guest was seated.
    bool is_finished = true;
    try {
        const auto session = stores_->readers.acquire();
        const auto job = service::jobs::get(
            *session, static_cast<std::uint32_t>(number_of(value_of(parameters, "books"))), *job_id);
        is_finished = !job || job->is_finished();
    } catch (const store::StoreError&) {
        is_finished = false;  // looked for again soon
    }
    if (!is_finished) return;
    for (auto& leaving : take([&](const Guest& seated) { return seated.job_id == *job_id; })) answer(leaving);
}

WaitingRoom::Guests WaitingRoom::take(const std::function<bool(const Guest&)>& is_chosen) {
    Guests taken;
    const std::lock_guard lock(mutex_);
    for (auto guest = guests_.begin(); guest != guests_.end();) {
        const auto next = std::next(guest);
        if (is_chosen(*guest)) taken.splice(taken.end(), guests_, guest);
        guest = next;
    }
    return taken;
}

void WaitingRoom::answer(Guest& guest) {
    http::Reply reply;
    const auto request_id = guest.exchange.request().request_id;
    for (int attempt = 1;; ++attempt) {
        try {
            const auto session = stores_->readers.acquire();
            const auto job = service::jobs::get(*session, guest.books.books_id, guest.job_id);
            if (!job) throw Error(ErrorCode::resource_not_found, "There is no such job.");
            reply = reply_of(*job, guest.books, guest.is_reply_wanted, request_id);
            break;
        } catch (const Error& error) {
            reply = app::error_reply(error, request_id);
            break;
        } catch (const store::StoreError& error) {
            if (app::is_passing(error) && attempt < 3) continue;
            reply = app::error_reply(app::refusal_of(error), request_id);
            break;
        }
    }
    for (auto& [name, value] : guest.headers) reply.set_header(name, value);
    if (guest.is_reply_wanted)
        reply.set_header("Preference-Applied", "wait=" + std::to_string(guest.seconds));
    guest.exchange.answer(reply);
}

// "<books> <job>"
void WaitingRoom::answer_finished(const std::string& message) {
    const auto job_id = parse_id<JobNoun>(std::string_view(message).substr(message.find(' ') + 1));
    if (!job_id) return;
    for (auto& guest : take([&](const Guest& seated) { return seated.job_id == *job_id; })) answer(guest);
}

void WaitingRoom::answer_expired(std::int64_t at_milliseconds) {
    for (auto& guest :
         take([&](const Guest& seated) { return seated.until_milliseconds <= at_milliseconds; })) {
        answer(guest);
    }
}

// Without Redis, or when a wake-up was lost with it.
void WaitingRoom::look_for_finished() {
    std::vector<std::pair<std::uint32_t, JobId>> awaited;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& guest : guests_) awaited.emplace_back(guest.books.books_id, guest.job_id);
    }
    for (const auto& entry : awaited) {
        const auto books_id = entry.first;
        const auto job_id = entry.second;
        try {
            const auto session = stores_->readers.acquire();
            const auto job = service::jobs::get(*session, books_id, job_id);
            if (job && !job->is_finished()) continue;
        } catch (const store::StoreError&) {
            return;
        }
        for (auto& guest : take([&](const Guest& seated) { return seated.job_id == job_id; })) answer(guest);
    }
}

void WaitingRoom::run(const app::StopSignal& stop_signal) {
    redis::Client subscriber(stores_->config.redis_socket);
    bool is_subscribed = false;
    for (int tick = 0; !stop_signal.wait_for_milliseconds(0); ++tick) {
        if (!subscriber.is_connected()) is_subscribed = false;
        if (!is_subscribed)
            is_subscribed = subscriber.command({"SUBSCRIBE", app::finished_channel}).has_value();
        pollfd waited{subscriber.descriptor(), POLLIN, 0};
        if (poll(&waited, 1, tick_milliseconds) > 0 && is_subscribed) {
            for (const auto& message : subscriber.read_all_pushed()) {
                if (message.list.size() == 3) answer_finished(message.list[2].text);
            }
        }
        answer_expired(monotonic_milliseconds());
        if (tick % look_every_ticks == 0) look_for_finished();
    }
    answer_expired(INT64_MAX);
}

}  // namespace crane::queue
