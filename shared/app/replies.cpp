#include "shared/app/replies.h"

#include "shared/app/operation.h"
#include "shared/base/hash.h"

namespace crane::app {

json::Value error_body(const Error& error) {
    const auto& kind = error_kind(error.code());
    auto value = json::Value::object();
    value.set("type", kind.type).set("code", kind.name).set("message", std::string_view(error.what()));
    value.set("status", json::Value::integer(kind.status));
    if (!error.faults.empty() || !error.details.empty()) {
        auto details = json::Value::object();
        if (!error.faults.empty()) {
            auto fields = json::Value::array();
            for (const auto& fault : error.faults) {
                auto field = json::Value::object();
                field.set("field", fault.field).set("message", fault.message);
                fields.push(std::move(field));
            }
            details.set("fields", std::move(fields));
        }
        for (const auto& detail : error.details)
            details.set_copied(detail.name, json::Value::string(detail.value));
        value.set("details", std::move(details));
    }
    if (error.retry_after_seconds) value.set("retry_after", json::Value::integer(*error.retry_after_seconds));
    return value;
}

json::Value error_value(const Error& error, const std::string& request_id) {
    auto value = error_body(error);
    value.set("request_id", request_id);
    return value;
}

http::Reply error_reply(const Error& error, const std::string& request_id) {
    http::Reply reply;
    reply.status = error.status();
    auto body = json::Value::object();
    body.set("error", error_value(error, request_id));
    reply.body = body.dump();
    if (error.retry_after_seconds)
        reply.set_header("Retry-After", std::to_string(*error.retry_after_seconds));
    return reply;
}

std::string entity_tag(const std::string& body) {
    return "\"" + short_digest_hex(body) + "\"";
}

namespace {

json::Value time_or_null(const std::optional<Timestamp>& at) {
    return at ? json::Value::string(format_timestamp(*at)) : json::Value::null();
}

json::Value raw_or_null(const std::optional<std::string>& text) {
    return text ? json::Value::raw(*text) : json::Value::null();
}

}  // namespace

json::Value job_value(const service::jobs::JobRow& job, const service::Books& books) {
    auto value = json::Value::object();
    value.set("id", to_text(job.id)).set("object", "job");
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    value.set("operation", job.operation).set("status", job.status).set("request_id", job.request_id);
    if (job.resource_id.empty()) {
        value.set("resource", json::Value::null());
    } else {
        auto resource = json::Value::object();
        resource.set("object", job.resource_object).set("id", job.resource_id);
        value.set("resource", std::move(resource));
    }
    value.set("result", raw_or_null(job.result));
    // A job that waits for its next attempt keeps the last error to itself.
    value.set("error", job.status == "failed" ? raw_or_null(job.error) : json::Value::null());
    auto progress = json::Value::object();
    progress.set("done", json::Value::integer(job.progress_done));
    progress.set("total", json::Value::integer(job.progress_total));
    value.set("progress", std::move(progress));
    value.set("attempts", json::Value::integer(job.attempts));
    value.set("created_at", format_timestamp(job.created_at));
    value.set("started_at", time_or_null(job.started_at));
    value.set("finished_at", time_or_null(job.finished_at));
    return value;
}

http::Reply accepted_reply(const service::jobs::JobRow& job, const service::Books& books) {
    http::Reply reply;
    reply.status = 202;
    reply.body = job_value(job, books).dump();
    reply.set_header("Location",
                     "/organizations/" + to_text(books.organization_id) + "/jobs/" + to_text(job.id));
    return reply;
}

json::Value list_value(std::vector<json::Value> items, const store::Page& page) {
    auto value = json::Value::object();
    value.set("object", "list");
    auto data = json::Value::array();
    for (auto& item : items) data.push(std::move(item));
    value.set("data", std::move(data));
    value.set("has_more", json::Value::boolean(page.has_more));
    value.set("total_count",
              page.total_count ? json::Value::integer(*page.total_count) : json::Value::null());
    return value;
}

}  // namespace crane::app
