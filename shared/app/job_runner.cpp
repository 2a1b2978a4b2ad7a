#include "shared/app/job_runner.h"

#include "shared/app/event_bell.h"
#include "shared/app/gate.h"
#include "shared/app/replies.h"
#include "shared/app/store_faults.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/service/credits.h"
#include "shared/store/queries.h"

namespace crane::app {

using service::jobs::ClaimedJob;

struct JobRunner::Outcome {
    const Operation* operation = nullptr;
    CallInput input;
    bool is_completed = true;
    int status = 200;
    std::string content;  // result or error
};

namespace {

// The lease ran out and another worker has taken over: nothing of this counts.
struct LeaseLost {};

Error internal_error(const ClaimedJob& job) {
    return {ErrorCode::internal_error,
            "The job failed " + std::to_string(job.attempts) +
                " times for a reason of our own; its request_id helps to find out why."};
}

std::string internal_error_json(const ClaimedJob& job) {
    return error_body(internal_error(job)).dump();
}

}  // namespace

const Operation* JobRunner::find(std::string_view name) const {
    const auto* const entry = operations_.find(name);
    return entry == nullptr ? nullptr : entry->operation;
}

bool JobRunner::run_some(std::uint32_t books_id) {
    std::vector<ClaimedJob> claimed;
    with_replays(*stores_, [&](store::Session& session) {
        claimed = service::jobs::claim(session, books_id, service::jobs::most_claimed, now(), lease_end());
        session.commit();
    });
    hold(books_id, claimed);
    std::vector<ClaimedJob> together;
    const auto run_pending = [&] {
        if (!together.empty()) run_together(books_id, together);
        for (const auto& job : together) let_go(job);
        together.clear();
    };
    for (const auto& job : claimed) {
        const auto* operation = find(job.operation);
        if (operation == nullptr || operation->groups == nullptr) {
            together.push_back(job);
            continue;
        }
        run_pending();  // in the order in which they were accepted
        try {
            run_in_groups(books_id, job, *operation);
        } catch (const LeaseLost&) {
            log(LogLevel::warning, "a lease was lost", {{"job", to_text(job.id)}});
        } catch (const Error& error) {
            give_up(books_id, job, error);
        } catch (const std::exception& exception) {
            log(LogLevel::error, "a job threw", {{"job", to_text(job.id)}, {"reason", exception.what()}});
            give_up(books_id, job, internal_error(job));
        }
        let_go(job);
    }
    run_pending();
    return claimed.size() == service::jobs::most_claimed;
}

// Each job in its own savepoint: what one refuses does not undo the others.
void JobRunner::run_together(std::uint32_t books_id, const std::vector<ClaimedJob>& jobs) {
    std::vector<Outcome> completed;
    try {
        with_replays(*stores_, [&](store::Session& session) {
            completed.clear();
            for (const auto& job : jobs) {
                session.set_savepoint();
                auto outcome = run_one(session, books_id, job);
                const auto at = now();
                const bool is_held =
                    outcome.is_completed
                        ? service::jobs::complete(session, books_id, job, outcome.status, outcome.content, 1,
                                                  at)
                        : service::jobs::fail(session, books_id, job, outcome.status, outcome.content, at);
                if (!is_held) {
                    session.rollback_to_savepoint();
                } else if (outcome.is_completed) {
                    completed.push_back(std::move(outcome));
                }
            }
            session.commit();
        });
    } catch (const Error& error) {
        if (jobs.size() > 1) {  // one of them is the reason: find out which
            for (const auto& job : jobs) run_together(books_id, {job});
            return;
        }
        give_up(books_id, jobs.front(), error);
        return;
    }
    for (const auto& job : jobs) announce_finished(*stores_, books_id, job.id);
    for (const auto& outcome : completed) {
        tell_caches(*stores_, *outcome.operation, outcome.input, outcome.input.books,
                    outcome.operation->credits);
    }
}

JobRunner::Outcome JobRunner::run_one(store::Session& session, std::uint32_t books_id,
                                      const ClaimedJob& job) {
    const auto* operation = find(job.operation);
    try {
        if (operation == nullptr) throw std::runtime_error("no operation named " + job.operation);
        const auto request = read_job_request(session, books_id, job);
        auto call = request.input.call(session);
        const auto body = read_operation_body(*operation, request.body, call);
        const auto value = run_charged(*operation, call, body.get());
        return {operation, request.input, true, operation->status,
                operation->status == 204 ? "null" : value.dump()};
    } catch (const Error& error) {
        session.rollback_to_savepoint();
        return {operation, {}, false, error.status(), error_body(error).dump()};
    } catch (const store::StoreError& error) {
        if (is_passing(error) || error.fault == store::StoreFault::commit_unknown) throw;
        session.rollback_to_savepoint();
        const auto refusal = refusal_of(error);
        return {operation, {}, false, refusal.status(), error_body(refusal).dump()};
    } catch (const std::exception& exception) {
        log(LogLevel::error, "a job threw", {{"job", to_text(job.id)}, {"reason", exception.what()}});
        session.rollback_to_savepoint();
        return {operation, {}, false, 500, internal_error_json(job)};
    }
}

void JobRunner::run_in_groups(std::uint32_t books_id, const ClaimedJob& job, const Operation& operation) {
    const auto& groups = *operation.groups;
    CallInput input;
    Body body;
    JobRequest request;
    with_replays(*stores_, [&](store::Session& session) {
        request = read_job_request(session, books_id, job);
        input = request.input;
        auto call = input.call(session);
        body = read_operation_body(operation, request.body, call);
    });
    const auto total = groups.total(body.get());
    const auto size = groups.group_size(body.get());
    for (auto from = static_cast<std::size_t>(job.progress_done); from < total; from += size) {
        const auto to = std::min(from + size, total);
        std::int64_t credits = 0;
        with_replays(*stores_, [&](store::Session& session) {
            // First of all: it ends a worker that has lost the job, and holds the
            // row against the sweeper meanwhile.
            if (!service::jobs::renew(session, books_id, job, lease_end())) throw LeaseLost();
            auto call = input.call(session);
            const auto before = service::jobs::result_counts(session, books_id, job.id);
            const auto result = groups.run(call, body.get(), from, to);
            credits = groups.credits(before.made + result.made_count) - groups.credits(before.made);
            service::credits::charge(call.scope, credits);
            service::write_events(call.scope, credits);
            service::jobs::insert_result(session, books_id, job.id, static_cast<std::int64_t>(from),
                                         result.item_count, {result.failed_count, result.made_count},
                                         result.content);
            if (!service::jobs::advance(session, books_id, job, static_cast<std::int64_t>(to), lease_end()))
                throw LeaseLost();
            if (to == total) {
                const auto contents = service::jobs::results(session, books_id, job.id);
                const auto failed = before.failed + result.failed_count;
                const auto content = groups.finish(body.get(), failed, contents);
                if (!service::jobs::complete(session, books_id, job, operation.status, content,
                                             static_cast<std::int64_t>(total), now())) {
                    throw LeaseLost();
                }
            }
            session.commit();
        });
        Gate::count_charge(*stores_, input.books.root_id, input.books.livemode, credits);
        ring_for_events(*stores_, books_id);
    }
    announce_finished(*stores_, books_id, job.id);
}

// A refusal ends the job; what may pass is tried again, a few times.
void JobRunner::give_up(std::uint32_t books_id, const ClaimedJob& job, const Error& error) {
    const auto content = error_body(error).dump();
    const bool is_final = error.status() < 500 || job.attempts >= service::jobs::most_attempts;
    try {
        with_replays(*stores_, [&](store::Session& session) {
            if (is_final) {
                service::jobs::fail(session, books_id, job, error.status(), content, now());
            } else {
                service::jobs::postpone(session, books_id, job, content, now());
            }
            session.commit();
        });
    } catch (const Error& failure) {
        // The lease runs out and the sweeper brings the job back.
        log(LogLevel::error, "a job's end could not be written",
            {{"job", to_text(job.id)}, {"reason", failure.what()}});
    }
    if (is_final) announce_finished(*stores_, books_id, job.id);
}

Timestamp JobRunner::lease_end() const {
    return {now().microseconds + stores_->config.lease_seconds * std::int64_t{1'000'000}};
}

void JobRunner::hold(std::uint32_t books_id, const std::vector<ClaimedJob>& jobs) {
    const std::lock_guard lock(mutex_);
    for (const auto& job : jobs) {
        ClaimedJob kept = job;
        kept.request.clear();
        held_.push_back({books_id, std::move(kept)});
    }
}

void JobRunner::let_go(const ClaimedJob& job) {
    const std::lock_guard lock(mutex_);
    std::erase_if(held_, [&](const Held& held) { return held.job.id == job.id; });
}

void JobRunner::renew_leases() {
    std::vector<Held> held;
    {
        const std::lock_guard lock(mutex_);
        held = held_;
    }
    if (held.empty()) return;
    with_replays(*stores_, [&](store::Session& session) {
        for (const auto& [books_id, job] : held) {
            // A row that is locked is being run or finished right now.
            if (!session.query(sql::jobs_lock_if_free, {books_id, job.id}).next()) continue;
            service::jobs::renew(session, books_id, job, lease_end());
        }
        session.commit();
    });
}

std::vector<std::uint32_t> JobRunner::sweep_expired_leases() {
    struct Expired {
        std::uint32_t books_id;
        ClaimedJob job;
    };
    std::vector<Expired> expired;
    std::vector<std::uint32_t> books;
    with_replays(*stores_, [&](store::Session& session) {
        expired.clear();
        {
            auto rows = session.query(sql::jobs_expired_leases, {now()});
            while (rows.next()) {
                Expired entry;
                entry.books_id = static_cast<std::uint32_t>(rows.integer());
                entry.job.id = rows.id<JobNoun>();
                entry.job.fence = rows.integer();
                entry.job.attempts = rows.integer();
                expired.push_back(std::move(entry));
            }
        }
        for (const auto& [books_id, job] : expired) {
            if (job.attempts >= service::jobs::most_attempts) {
                service::jobs::fail(session, books_id, job, 500, internal_error_json(job), now());
            } else {
                service::jobs::postpone(session, books_id, job, internal_error_json(job), now());
            }
        }
        session.commit();
    });
    for (const auto& [books_id, job] : expired) {
        log(LogLevel::warning, "a job's worker went away", {{"job", to_text(job.id)}});
        books.push_back(books_id);
        if (job.attempts >= service::jobs::most_attempts) announce_finished(*stores_, books_id, job.id);
    }
    return books;
}

}  // namespace crane::app
