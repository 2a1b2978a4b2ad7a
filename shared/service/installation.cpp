#include "shared/service/installation.h"

#include "shared/store/queries.h"

namespace crane::service::installation {
namespace {

Timestamp before(Timestamp at, std::int64_t seconds) {
    return {at.microseconds - seconds * 1'000'000};
}

}  // namespace

void ping(store::Session& session) {
    session.query(sql::system_ping, {}).next();
}

Counts count(store::Session& session, Timestamp at) {
    Counts counts;
    {
        auto rows = session.query(sql::system_estimate_events, {});
        if (rows.next()) counts.events = rows.integer();
    }
    {
        auto rows = session.query(sql::workers_count, {before(at, 3 * heartbeat_seconds)});
        if (rows.next()) counts.workers = rows.integer();
    }
    auto rows = session.query(sql::jobs_counts, {});
    while (rows.next()) {
        const auto status = rows.text();
        (status == "queued" ? counts.queued_jobs : counts.processing_jobs) = rows.integer();
    }
    return counts;
}

void beat(store::Session& session, const std::string& worker_id, Timestamp started_at, Timestamp at) {
    session.execute(sql::workers_beat, {worker_id, started_at, at});
}

void forget_worker(store::Session& session, const std::string& worker_id, Timestamp at) {
    session.execute(sql::workers_forget, {worker_id, before(at, 3600)});
}

}  // namespace crane::service::installation
