#include "queue/sweeper.h"

#include <algorithm>

#include "shared/app/forget_below.h"
#include "shared/app/gate.h"
#include "shared/app/idempotency.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/service/api_keys.h"
#include "shared/service/installation.h"
#include "shared/service/nonces.h"
#include "shared/service/organization_tree.h"
#include "shared/store/queries.h"

namespace crane::queue {
namespace {

constexpr int sweep_milliseconds = 1000;
// A job that nobody took for this long: its ring was lost.
constexpr std::int64_t lost_ring_seconds = 1;
// How long caches are told again of what they must not miss.
constexpr std::int64_t repeated_microseconds = 120'000'000;

std::vector<std::uint32_t> due_books(app::Stores& stores) {
    std::vector<std::uint32_t> books;
    app::with_reader(stores, [&](store::Session& session) {
        books.clear();
        const Timestamp lost_before{now().microseconds - lost_ring_seconds * 1'000'000};
        auto rows = session.query(sql::jobs_due_books, {lost_before});
        while (rows.next()) books.push_back(static_cast<std::uint32_t>(rows.integer()));
    });
    return books;
}

}  // namespace

Sweeper::Sweeper(app::Stores& stores, app::JobRunner& runner, std::string worker_name)
    : stores_(&stores), runner_(&runner), worker_name_(std::move(worker_name)), started_at_(now()) {}

void Sweeper::run(const app::StopSignal& stop_signal) {
    do {
        try {
            sweep();
        } catch (const std::exception& exception) {
            log(LogLevel::warning, "a sweep was not finished", {{"reason", exception.what()}});
        }
        ++sweeps_;
    } while (!stop_signal.wait_for_milliseconds(sweep_milliseconds));
    try {
        app::with_replays(*stores_, [&](store::Session& session) {
            service::installation::forget_worker(session, worker_name_, now());
            session.commit();
        });
    } catch (const std::exception& exception) {
        log(LogLevel::warning, "the worker could not sign off", {{"reason", exception.what()}});
    }
}

void Sweeper::sweep() {
    beat();
    for (const auto books_id : runner_->sweep_expired_leases()) app::ring(*stores_, books_id);
    ring_for_due_jobs();
    // Several times within a lease, of which a sweep or two may come late.
    if (sweeps_ % std::max(1, stores_->config.lease_seconds / 6) == 0) runner_->renew_leases();
    if (sweeps_ % 5 == 0) {
        repeat_ended_secrets();
        repeat_suspensions();
        write_key_uses();
    }
    if (sweeps_ % 60 == 0) has_expired_keys_ = has_expired_nonces_ = true;
    drop_in_steps(has_expired_keys_, app::drop_expired_keys);
    drop_in_steps(has_expired_nonces_, service::nonces::drop_expired);
}

void Sweeper::beat() {
    if (sweeps_ % service::installation::heartbeat_seconds != 0) return;
    app::with_replays(*stores_, [&](store::Session& session) {
        service::installation::beat(session, worker_name_, started_at_, now());
        session.commit();
    });
}

void Sweeper::ring_for_due_jobs() {
    for (const auto books_id : due_books(*stores_)) {
        if (redis::is_away()) {
            // Nobody can be rung for: the sweeper does the work itself.
            runner_->run_some(books_id);
        } else {
            app::ring(*stores_, books_id);
        }
    }
}

void Sweeper::repeat_ended_secrets() {
    std::vector<service::api_keys::KeyVersion> ended;
    app::with_reader(*stores_, [&](store::Session& session) {
        ended =
            service::api_keys::recently_ended(session, Timestamp{now().microseconds - repeated_microseconds});
    });
    app::Gate::forget_secrets(*stores_, ended);
}

void Sweeper::repeat_suspensions() {
    std::vector<OrganizationId> suspended;
    app::with_reader(*stores_, [&](store::Session& session) {
        suspended = service::organization_tree::recently_suspended(
            session, Timestamp{now().microseconds - repeated_microseconds});
    });
    for (const auto& id : suspended) app::forget_below(*stores_, id);
}

void Sweeper::write_key_uses() {
    auto& redis = stores_->redis();
    // Renamed first, so that no use between reading and deleting is lost.
    const std::string taken_count = std::string(app::used_count_hash) + ":" + worker_name_;
    const auto renamed = redis.command({"RENAME", app::used_count_hash, taken_count});
    if (!renamed || renamed->kind == redis::Answer::Kind::error) return;  // nothing was used
    const auto counts = redis.command({"HGETALL", taken_count});
    if (!counts || counts->kind != redis::Answer::Kind::list) return;
    for (std::size_t i = 0; i + 1 < counts->list.size(); i += 2) {
        const auto& name = counts->list[i].text;
        const auto used_at = redis.command({"HGET", app::used_at_hash, name});
        const auto key_id = parse_id<ApiKeyNoun>(name);
        if (!key_id) continue;
        const auto at = used_at && used_at->kind == redis::Answer::Kind::text
                            ? Timestamp{std::stoll(used_at->text)}
                            : now();
        app::with_replays(*stores_, [&](store::Session& session) {
            service::api_keys::count_uses(session, *key_id, std::stoll(counts->list[i + 1].text), at);
            session.commit();
        });
        redis.command({"HDEL", taken_count, name});
    }
    redis.command({"DEL", taken_count});
}

// Short commits, so that nobody waits for long, and no more of them at a time
// than the other duties of a sweep allow: the next sweep goes on.
void Sweeper::drop_in_steps(bool& has_more, bool (*drop)(store::Session&, Timestamp)) {
    constexpr int most_steps = 10;
    for (int step = 0; step < most_steps && has_more; ++step) {
        app::with_replays(*stores_, [&](store::Session& session) {
            has_more = drop(session, now());
            session.commit();
        });
    }
}

}  // namespace crane::queue
