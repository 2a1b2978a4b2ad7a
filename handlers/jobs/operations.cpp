#include "handlers/jobs/operations.h"

#include "shared/app/job_queue.h"
#include "shared/app/replies.h"

namespace crane::jobs {
namespace {

json::Value cancel(app::Call& call, void*) {
    const auto job = service::jobs::cancel(call.session(), call.books().books_id,
                                           call.path_id<JobNoun>("job_id"), call.scope.at);
    call.scope.note("job", to_text(job.id), "job.cancelled");
    return app::job_value(job, call.books());
}

json::Value retry(app::Call& call, void*) {
    const auto job = service::jobs::retry(call.session(), call.books().books_id,
                                          call.path_id<JobNoun>("job_id"), call.scope.at);
    call.scope.note("job", to_text(job.id), "job.retried");
    return app::job_value(job, call.books());
}

json::Value current(app::Call& call) {
    const auto job =
        service::jobs::get(call.session(), call.books().books_id, call.path_id<JobNoun>("job_id"));
    if (!job) app::Call::throw_not_found();
    return app::job_value(*job, call.books());
}

void ring(app::Stores& stores, const app::CallInput& input) {
    app::ring(stores, input.books.books_id);
}

// Whoever waits for the job learns that it will not run.
void announce(app::Stores& stores, const app::CallInput& input) {
    if (const auto id = parse_id<JobNoun>(input.path.find("job_id")->second)) {
        app::announce_finished(stores, input.books.books_id, *id);
    }
}

}  // namespace

const app::Operation cancel_job{
    .name = "jobs.cancel",
    .permission = {"jobs", "write"},
    .resource_object = "job",
    .is_never_queued = true,
    .run = cancel,
    .current = current,
    .after_commit = announce,
};

const app::Operation retry_job{
    .name = "jobs.retry",
    .permission = {"jobs", "write"},
    .resource_object = "job",
    .is_never_queued = true,
    .run = retry,
    .current = current,
    .after_commit = ring,
};

}  // namespace crane::jobs
