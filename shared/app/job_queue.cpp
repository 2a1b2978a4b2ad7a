#include "shared/app/job_queue.h"

#include <charconv>

#include "shared/base/clock.h"
#include "shared/service/organizations.h"

namespace crane::app {
namespace {

// KEYS: the list. ARGV: the books.
const redis::Script ring_script{R"lua(
if redis.call('LPOS', KEYS[1], ARGV[1]) then return 0 end
return redis.call('RPUSH', KEYS[1], ARGV[1])
)lua"};

}  // namespace

service::jobs::JobRow new_job(const Operation& operation, const CallInput& input, const void* body) {
    service::jobs::JobRow job;
    job.id = make_id<JobNoun>();
    job.operation = operation.name;
    job.request_id = input.actor.request_id;
    job.resource_object = operation.resource_object;
    job.resource_id = operation.resource_object.empty() ? "" : input.resource_id;
    job.progress_total =
        operation.groups == nullptr ? 1 : static_cast<std::int64_t>(operation.groups->total(body));
    job.created_at = now();
    return job;
}

std::string write_job_request(const CallInput& input, std::string_view body) {
    auto value = json::Value::object();
    auto path = json::Value::object();
    for (const auto& [name, text] : input.path) path.set_copied(name, json::Value::string(text));
    value.set("path", std::move(path));
    auto query = json::Value::object();
    for (const auto& [name, text] : input.query) query.set_copied(name, json::Value::string(text));
    value.set("query", std::move(query));
    value.set("api_key_id", to_text(input.principal.key_id)).set("mode", input.principal.mode);
    value.set("permissions",
              json::Value::raw(service::api_keys::permissions_json(input.principal.permissions)));
    value.set("include_children", json::Value::boolean(input.principal.include_children));
    value.set("ip_address", input.actor.ip_address).set("user_agent", input.actor.user_agent);
    value.set("body", body.empty() ? json::Value::object() : json::Value::raw(body));
    return value.dump();
}

JobRequest read_job_request(store::Session& session, std::uint32_t books_id,
                            const service::jobs::ClaimedJob& job) {
    JobRequest request;
    request.document = json::parse(job.request);
    const auto root = request.document.root();
    request.body = root.member("body");
    auto books = service::organizations::find_books(session, books_id);
    if (!books) throw std::runtime_error("the job's books belong to no organization");
    auto& input = request.input;
    input.books = std::move(*books);
    const auto key_id = parse_id<ApiKeyNoun>(root.member("api_key_id").text());
    input.principal.key_id = key_id.value_or(ApiKeyId{});
    input.principal.organization_id = input.books.organization_id;
    input.principal.mode = std::string(root.member("mode").text());
    input.principal.permissions = service::api_keys::parse_permissions(root.member("permissions").dump());
    input.principal.include_children = root.member("include_children").boolean();
    input.actor = {key_id, std::string(root.member("ip_address").text()),
                   std::string(root.member("user_agent").text()), job.request_id, job.operation};
    root.member("path").for_each(
        [&](json::View item) { input.path[std::string(item.name())] = item.text(); });
    root.member("query").for_each(
        [&](json::View item) { input.query.emplace_back(item.name(), item.text()); });
    input.resource_id = job.resource_id;
    return request;
}

void ring(Stores& stores, std::uint32_t books_id) {
    stores.redis().run(ring_script, {queue_list}, {std::to_string(books_id)});
}

void announce_finished(Stores& stores, std::uint32_t books_id, const JobId& id) {
    stores.redis().send({"PUBLISH", finished_channel, std::to_string(books_id) + " " + to_text(id)});
}

}  // namespace crane::app
