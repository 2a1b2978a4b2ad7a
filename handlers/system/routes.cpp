#include "handlers/system/routes.h"

#include "shared/app/stores.h"
#include "shared/base/clock.h"
#include "shared/base/decimal.h"
#include "shared/service/installation.h"

namespace crane::system {
namespace {

const std::int64_t started_at_milliseconds = monotonic_milliseconds();

// "OK" means that the programs answer and that the store does.
http::Reply health(app::Call& call) {
    service::installation::ping(call.session());
    http::Reply reply;
    reply.content_type = "text/plain";
    reply.body = "OK";
    return reply;
}

json::Value state(app::Call& call) {
    const auto began = monotonic_microseconds();
    service::installation::ping(call.session());
    const auto microseconds = monotonic_microseconds() - began;
    const auto counts = service::installation::count(call.session(), call.scope.at);
    auto value = json::Value::object();
    value.set("object", "system").set("version", CRANE_VERSION);
    value.set("uptime_seconds",
              json::Value::integer((monotonic_milliseconds() - started_at_milliseconds) / 1000));
    auto events = json::Value::object();
    events.set("total", json::Value::integer(counts.events));
    value.set("event_stats", std::move(events));
    auto database = json::Value::object();
    database.set("status", "up");
    database.set("latency_ms", json::Value::raw(format_decimal({microseconds, 3})));
    value.set("database", std::move(database));
    auto workers = json::Value::object();
    workers.set("count", json::Value::integer(counts.workers));
    workers.set("queued_jobs", json::Value::integer(counts.queued_jobs));
    workers.set("processing_jobs", json::Value::integer(counts.processing_jobs));
    value.set("workers", std::move(workers));
    auto cache = json::Value::object();
    cache.set("status", redis::is_away() ? "down" : "up");
    value.set("cache", std::move(cache));
    return value;
}

}  // namespace

app::Family family() {
    return {
        "system",
        {
            {.method = "GET", .pattern = "/health", .permission = {}, .is_public = true, .answer = health},
            {.method = "GET",
             .pattern = "/system",
             .permission = {},
             .read = state,
             .is_operator_allowed = true},
        }};
}

}  // namespace crane::system
