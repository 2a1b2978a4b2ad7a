#include "handlers/jobs/routes.h"

#include <charconv>

#include "handlers/jobs/operations.h"
#include "shared/app/job_queue.h"
#include "shared/app/replies.h"

namespace crane::jobs {
namespace {

json::Value list(app::Call& call) {
    std::vector<service::jobs::JobRow> rows;
    const store::Values scope{call.books().books_id};
    const auto page = store::read_page(call.session(), service::jobs::list_definition(), *call.list, scope,
                                       service::jobs::read, rows);
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(app::job_value(row, call.books()));
    return app::list_value(std::move(items), page);
}

json::Value get(app::Call& call) {
    const auto job =
        service::jobs::get(call.session(), call.books().books_id, call.path_id<JobNoun>("job_id"));
    if (!job) app::Call::throw_not_found();
    return app::job_value(*job, call.books());
}

// How long `?wait=` asks to be held; 0 when the answer is there already.
int seconds_to_wait(app::Call& call) {
    const auto text = call.parameter("wait");
    if (!text) return 0;
    int seconds = -1;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (error != std::errc() || end != text->data() + text->size() || seconds < 0 || seconds > 30) {
        throw faulty_field("wait", "must be a whole number of seconds from 0 to 30");
    }
    const auto job =
        service::jobs::get(call.session(), call.books().books_id, call.path_id<JobNoun>("job_id"));
    if (!job) app::Call::throw_not_found();
    return job->is_finished() ? 0 : seconds;
}

}  // namespace

app::Family family() {
    const app::Permission may_read{"jobs", "read"};
    constexpr std::string_view all = "/organizations/{organization_id}/jobs";
    constexpr std::string_view one = "/organizations/{organization_id}/jobs/{job_id}";
    return {"jobs",
            {
                {.method = "GET",
                 .pattern = all,
                 .permission = may_read,
                 .read = list,
                 .list = service::jobs::list_definition},
                {.method = "GET",
                 .pattern = one,
                 .permission = may_read,
                 .read = get,
                 .shape = app::Shape::resource,
                 .query = {"wait"},
                 .wait_seconds = seconds_to_wait},
                {.method = "POST",
                 .pattern = "/organizations/{organization_id}/jobs/{job_id}/cancel",
                 .permission = cancel_job.permission,
                 .operation = &cancel_job},
                {.method = "POST",
                 .pattern = "/organizations/{organization_id}/jobs/{job_id}/retry",
                 .permission = retry_job.permission,
                 .operation = &retry_job},
            }};
}

}  // namespace crane::jobs
