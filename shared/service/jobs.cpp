#include "shared/service/jobs.h"

#include <algorithm>

#include "shared/base/error.h"
#include "shared/base/random.h"
#include "shared/store/queries.h"

namespace crane::service::jobs {
namespace {

Timestamp later(Timestamp at, std::int64_t seconds) {
    return {at.microseconds + seconds * 1'000'000};
}

}  // namespace

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::jobs_list,
        .id_column = "j.id",
        .id_prefix = JobNoun::prefix,
        .sorts = {{"created_at", "j.created_at", "jobs_by_created_at"}},
        .filters = {{.name = "status",
                     .column = "j.status",
                     .index = {"jobs_by_status", "j.created_at"},
                     .choices = {"queued", "processing", "completed", "failed", "cancelled"}},
                    {.name = "operation",
                     .column = "j.operation",
                     .index = {"jobs_by_operation", "j.created_at"}},
                    {"created_at", "j.created_at", store::FieldType::timestamp, true}},
    };
    return definition;
}

JobRow read(store::Rows& rows) {
    JobRow row;
    row.id = rows.id<JobNoun>();
    row.operation = rows.text();
    row.status = rows.text();
    row.request_id = rows.text();
    row.resource_object = rows.text();
    row.resource_id = rows.text();
    row.reply_status = rows.optional_integer();
    row.result = rows.optional_text();
    row.error = rows.optional_text();
    row.progress_done = rows.integer();
    row.progress_total = rows.integer();
    row.attempts = rows.integer();
    row.created_at = rows.timestamp();
    row.started_at = rows.optional_timestamp();
    row.finished_at = rows.optional_timestamp();
    return row;
}

std::optional<JobRow> get(store::Session& session, std::uint32_t books_id, const JobId& id) {
    auto rows = session.query(sql::jobs_get, {books_id, id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

void refuse_flood(store::Session& session, std::uint32_t books_id) {
    auto rows = session.query(sql::jobs_count_open, {books_id});
    rows.next();
    if (rows.integer() < most_open_jobs) return;
    Error error(ErrorCode::too_many_queued_jobs, "This organization has " + std::to_string(most_open_jobs) +
                                                     " jobs that have not ended; try again when some have.");
    error.retry_after(1);
    throw error;
}

void insert(store::Session& session, std::uint32_t books_id, const JobRow& job, const std::string& request) {
    session.execute(sql::jobs_insert,
                    {books_id, job.id, job.operation, job.request_id, job.resource_object, job.resource_id,
                     request, job.progress_total, job.created_at, job.created_at});
}

namespace {

bool is_suspended(store::Session& session, std::uint32_t books_id) {
    auto rows = session.query(sql::jobs_is_suspended, {books_id});
    return rows.next() && rows.flag();
}

}  // namespace

std::vector<ClaimedJob> claim(store::Session& session, std::uint32_t books_id, std::size_t most, Timestamp at,
                              Timestamp lease_end) {
    std::vector<ClaimedJob> jobs;
    if (is_suspended(session, books_id)) return jobs;
    {
        auto rows = session.query(sql::jobs_claimable, {books_id, at});
        while (jobs.size() < most && rows.next()) {
            ClaimedJob job;
            job.id = rows.id<JobNoun>();
            job.operation = rows.text();
            job.request = rows.text();
            job.resource_id = rows.text();
            job.request_id = rows.text();
            job.attempts = rows.integer() + 1;
            job.fence = rows.integer() + 1;
            job.progress_done = rows.integer();
            jobs.push_back(std::move(job));
        }
    }
    for (const auto& job : jobs) session.execute(sql::jobs_claim, {lease_end, at, books_id, job.id});
    return jobs;
}

bool renew(store::Session& session, std::uint32_t books_id, const ClaimedJob& job, Timestamp lease_end) {
    return session.execute(sql::jobs_renew, {lease_end, books_id, job.id, job.fence}) == 1;
}

bool advance(store::Session& session, std::uint32_t books_id, const ClaimedJob& job, std::int64_t done,
             Timestamp lease_end) {
    return session.execute(sql::jobs_advance, {done, lease_end, books_id, job.id, job.fence}) == 1;
}

bool complete(store::Session& session, std::uint32_t books_id, const ClaimedJob& job, int reply_status,
              const std::string& result, std::int64_t done, Timestamp at) {
    return session.execute(sql::jobs_finish, {"completed", reply_status, result, nullptr, done, at, books_id,
                                              job.id, job.fence}) == 1;
}

bool fail(store::Session& session, std::uint32_t books_id, const ClaimedJob& job, int reply_status,
          const std::string& error, Timestamp at) {
    return session.execute(sql::jobs_finish, {"failed", reply_status, nullptr, error, nullptr, at, books_id,
                                              job.id, job.fence}) == 1;
}

std::int64_t wait_seconds_after(std::int64_t attempts) {
    const auto base = std::int64_t{1} << std::min<std::int64_t>(attempts, 6);
    return base + random_below(static_cast<std::uint32_t>(base));
}

bool postpone(store::Session& session, std::uint32_t books_id, const ClaimedJob& job,
              const std::string& error, Timestamp at) {
    return session.execute(sql::jobs_postpone, {later(at, wait_seconds_after(job.attempts)), error, books_id,
                                                job.id, job.fence}) == 1;
}

namespace {

JobRow changed(store::Session& session, std::uint32_t books_id, const JobId& id, std::int64_t changed_rows,
               const char* what) {
    auto job = get(session, books_id, id);
    if (!job) throw Error(ErrorCode::resource_not_found, "There is no such job.");
    if (changed_rows == 1) return std::move(*job);
    Error error(ErrorCode::invalid_state, "The job is " + job->status + "; only a " + what);
    error.with("status", job->status);
    throw error;
}

}  // namespace

JobRow cancel(store::Session& session, std::uint32_t books_id, const JobId& id, Timestamp at) {
    const auto rows = session.execute(sql::jobs_cancel, {at, books_id, id});
    return changed(session, books_id, id, rows, "queued job can be cancelled.");
}

JobRow retry(store::Session& session, std::uint32_t books_id, const JobId& id, Timestamp at) {
    const auto rows = session.execute(sql::jobs_retry, {at, books_id, id});
    return changed(session, books_id, id, rows, "failed job can be retried.");
}

void insert_result(store::Session& session, std::uint32_t books_id, const JobId& id, std::int64_t position,
                   std::size_t item_count, const GroupCounts& counts, const std::string& content) {
    session.execute(sql::jobs_insert_result, {books_id, id, position, static_cast<std::int64_t>(item_count),
                                              static_cast<std::int64_t>(counts.failed),
                                              static_cast<std::int64_t>(counts.made), content});
}

GroupCounts result_counts(store::Session& session, std::uint32_t books_id, const JobId& id) {
    auto rows = session.query(sql::jobs_result_counts, {books_id, id});
    rows.next();
    GroupCounts counts;
    counts.failed = static_cast<std::size_t>(rows.integer());
    counts.made = static_cast<std::size_t>(rows.integer());
    return counts;
}

std::vector<std::string> results(store::Session& session, std::uint32_t books_id, const JobId& id) {
    std::vector<std::string> contents;
    auto rows = session.query(sql::jobs_results, {books_id, id});
    while (rows.next()) contents.push_back(rows.text());
    return contents;
}

}  // namespace crane::service::jobs
