// Jobs: rows that say what is to be done, by whom it was taken, how it ended.
//
// queued → processing → completed | failed, queued → cancelled, failed → queued.
// A worker that takes a job gets a lease and a fence number; whoever finishes
// or advances the job must name the fence, so that a worker that lost its
// lease cannot finish what another has taken over.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/base/date.h"
#include "shared/base/id.h"
#include "shared/store/list_query.h"
#include "shared/store/session.h"

namespace crane::service::jobs {

struct JobRow {
    JobId id;
    std::string operation;
    std::string status = "queued";
    std::string request_id;
    std::string resource_object;  // empty: it makes or changes no single resource
    std::string resource_id;
    std::optional<std::int64_t> reply_status;
    std::optional<std::string> result;  // JSON
    std::optional<std::string> error;   // JSON, the error object
    std::int64_t progress_done = 0;
    std::int64_t progress_total = 1;
    std::int64_t attempts = 0;
    Timestamp created_at;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> finished_at;

    bool is_finished() const { return finished_at.has_value(); }
};

// A job that a worker holds.
struct ClaimedJob {
    JobId id;
    std::string operation;
    std::string request;  // JSON, as accepted
    std::string resource_id;
    std::string request_id;
    std::int64_t attempts = 0;  // this one included
    std::int64_t fence = 0;
    std::int64_t progress_done = 0;
};

constexpr std::int64_t most_open_jobs = 1000;  // of one set of books
constexpr std::int64_t most_attempts = 5;
constexpr std::size_t most_claimed = 100;

const store::ListDefinition& list_definition();
JobRow read(store::Rows& rows);
std::optional<JobRow> get(store::Session& session, std::uint32_t books_id, const JobId& id);

// Throws Error{too_many_queued_jobs} when the books have most_open_jobs.
void refuse_flood(store::Session& session, std::uint32_t books_id);
void insert(store::Session& session, std::uint32_t books_id, const JobRow& job, const std::string& request);

// Takes up to `most` jobs of the books that are due at `at`, oldest first; none
// while the organization is suspended. The caller commits.
std::vector<ClaimedJob> claim(store::Session& session, std::uint32_t books_id, std::size_t most, Timestamp at,
                              Timestamp lease_end);

// False when the lease was lost: nothing was changed, roll back.
bool renew(store::Session& session, std::uint32_t books_id, const ClaimedJob& job, Timestamp lease_end);
bool advance(store::Session& session, std::uint32_t books_id, const ClaimedJob& job, std::int64_t done,
             Timestamp lease_end);
bool complete(store::Session& session, std::uint32_t books_id, const ClaimedJob& job, int reply_status,
              const std::string& result, std::int64_t done, Timestamp at);
bool fail(store::Session& session, std::uint32_t books_id, const ClaimedJob& job, int reply_status,
          const std::string& error, Timestamp at);
// Back into the queue, to be tried again after a growing, jittered wait.
bool postpone(store::Session& session, std::uint32_t books_id, const ClaimedJob& job,
              const std::string& error, Timestamp at);
std::int64_t wait_seconds_after(std::int64_t attempts);

// Throw Error{invalid_state}, {resource_not_found}.
JobRow cancel(store::Session& session, std::uint32_t books_id, const JobId& id, Timestamp at);
JobRow retry(store::Session& session, std::uint32_t books_id, const JobId& id, Timestamp at);

// Results of a job that commits in groups, and what they add up to so far.
struct GroupCounts {
    std::size_t failed = 0;
    std::size_t made = 0;  // what took effect now, and not in an earlier request
};
void insert_result(store::Session& session, std::uint32_t books_id, const JobId& id, std::int64_t position,
                   std::size_t item_count, const GroupCounts& counts, const std::string& content);
GroupCounts result_counts(store::Session& session, std::uint32_t books_id, const JobId& id);
std::vector<std::string> results(store::Session& session, std::uint32_t books_id, const JobId& id);

}  // namespace crane::service::jobs
