// Accepting jobs and ringing for them.
#pragma once

#include "shared/app/execution.h"
#include "shared/service/jobs.h"

namespace crane::app {

// Names in Redis. The list holds books, not jobs: whoever takes an entry takes
// a group of that set of books' jobs, so one organization's flood waits behind
// the others' first jobs and not the other way round.
constexpr std::string_view queue_list = "crane:queue";
constexpr std::string_view finished_channel = "crane:finished";

// The job that runs the operation as accepted now, not written yet.
service::jobs::JobRow new_job(const Operation& operation, const CallInput& input, const void* body);
// What a worker needs to run the request as the handler would have.
std::string write_job_request(const CallInput& input, std::string_view body);
struct JobRequest {
    CallInput input;
    json::Document document;  // holds `body`
    json::View body;
};
// `books` by the job's books; throws std::runtime_error if it does not fit.
JobRequest read_job_request(store::Session& session, std::uint32_t books_id,
                            const service::jobs::ClaimedJob& job);

// Says that the books have a job. An entry that waits already is not doubled.
void ring(Stores& stores, std::uint32_t books_id);
// Wakes whoever waits for the job.
void announce_finished(Stores& stores, std::uint32_t books_id, const JobId& id);

}  // namespace crane::app
