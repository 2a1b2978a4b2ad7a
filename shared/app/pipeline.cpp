#include "shared/app/pipeline.h"

#include <algorithm>

#include "shared/app/event_bell.h"
#include "shared/app/idempotency.h"
#include "shared/app/job_queue.h"
#include "shared/app/list_parameters.h"
#include "shared/app/replies.h"
#include "shared/app/store_faults.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/base/text.h"
#include "shared/service/credits.h"

namespace crane::app {

// What is known of a request so far; the reply's headers are made from it.
struct Pipeline::Visit {
    PathParameters path;
    http::Parameters query;
    std::optional<RateLimit> rate_limit;
    std::optional<Admission> admission;
    CallInput input;
    std::optional<IdempotencyKey> idempotency;
    http::Preferences preferences;
    std::int64_t credits_cost = 0;
    bool is_wait_applied = false;
    std::vector<std::string_view> allowed_methods;
    store::ListRequest list;
};

struct Pipeline::Matched {
    const Route* route = nullptr;
};

namespace {

std::optional<PathParameters> match_pattern(std::string_view pattern, std::string_view path) {
    const auto wanted = split(pattern, '/');
    const auto given = split(path, '/');
    if (wanted.size() != given.size()) return std::nullopt;
    PathParameters parameters;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].starts_with('{')) {
            if (given[i].empty()) return std::nullopt;
            parameters.emplace(wanted[i].substr(1, wanted[i].size() - 2), given[i]);
        } else if (wanted[i] != given[i]) {
            return std::nullopt;
        }
    }
    return parameters;
}

std::size_t placeholders(std::string_view pattern) {
    return static_cast<std::size_t>(std::ranges::count(pattern, '{'));
}

bool is_json(std::string_view content_type) {
    return to_lower_ascii(trim(content_type.substr(0, content_type.find(';')))) == "application/json";
}

void refuse_content(const http::Request& request, const Route& route) {
    if (request.has_body_too_large) throw Error(ErrorCode::body_too_large, "The body is larger than 16 MiB.");
    if (route.operation == nullptr) return;
    const bool needs_body = route.operation->takes_body() && !route.operation->is_body_optional;
    if (request.body.empty() && !needs_body) return;
    if (!is_json(request.content_type)) {
        throw Error(ErrorCode::unsupported_media_type, "Send the body as Content-Type: application/json.");
    }
}

void refuse_permission(const Route& route, const Principal& principal) {
    if (principal.is_operator()) {
        if (route.is_operator_allowed) return;
        throw Error(ErrorCode::insufficient_permissions,
                    "An operator's key does not reach into an organization's books.");
    }
    const auto& permission = route.permission;
    if (permission.family.empty()) return;
    if (service::api_keys::allows(principal.permissions, permission.family, permission.action)) return;
    Error error(ErrorCode::insufficient_permissions,
                "This needs the permission " + std::string(permission.family) + ":" +
                    std::string(permission.action) + ", which the API key does not have.");
    error.with("permission", std::string(permission.family) + ":" + std::string(permission.action));
    throw error;
}

bool is_stored_refusal(const Error& error) {
    // What may well succeed the next time is not held against the key.
    switch (error.code()) {
        case ErrorCode::insufficient_credits:
        case ErrorCode::idempotency_key_reused:
        case ErrorCode::idempotency_in_progress:
        case ErrorCode::too_many_queued_jobs:
            return false;
        default:
            return error.status() < 500;
    }
}

}  // namespace

Pipeline::Pipeline(Stores& stores, Family family)
    : stores_(&stores), family_(std::move(family)), gate_(stores) {}

http::Reply Pipeline::handle(const http::Request& request) {
    Visit visit;
    http::Reply reply;
    const auto began = monotonic_microseconds();
    try {
        reply = route(request, visit);
    } catch (const Error& error) {
        reply = error_reply(error, request.request_id);
    } catch (const store::StoreError& error) {
        reply = error_reply(refusal_of(error), request.request_id);
    } catch (const std::exception& exception) {
        log(LogLevel::error, "a request threw",
            {{"request_id", request.request_id}, {"reason", exception.what()}});
        const Error error(ErrorCode::internal_error,
                          "Something went wrong here; the request_id helps to find out what.");
        reply = error_reply(error, request.request_id);
    }
    finish(request, visit, reply);
    log(LogLevel::debug, "request",
        {{"request_id", request.request_id},
         {"method", request.method},
         {"path", request.path},
         {"status", std::to_string(reply.status)},
         {"microseconds", std::to_string(monotonic_microseconds() - began)}});
    return reply;
}

void Pipeline::finish(const http::Request& request, const Visit& visit, http::Reply& reply) {
    reply.set_header("X-Request-Id", request.request_id);
    if (visit.rate_limit) {
        reply.set_header("X-RateLimit-Limit", std::to_string(visit.rate_limit->limit));
        reply.set_header("X-RateLimit-Remaining",
                         std::to_string(std::max<std::int64_t>(0, visit.rate_limit->remaining)));
        reply.set_header("X-RateLimit-Reset", std::to_string(visit.rate_limit->reset_seconds));
        reply.set_header("X-Credits-Cost", std::to_string(visit.credits_cost));
    }
    if (visit.admission && visit.admission->credits_remaining) {
        const auto remaining = *visit.admission->credits_remaining - visit.credits_cost;
        reply.set_header("X-Credits-Remaining", std::to_string(std::max<std::int64_t>(0, remaining)));
    }
    if (reply.status == 405) {
        std::string methods;
        for (const auto method : visit.allowed_methods)
            methods += (methods.empty() ? "" : ", ") + std::string(method);
        reply.set_header("Allow", methods);
    }
}

// The steps, each where its refusal costs least.
http::Reply Pipeline::route(const http::Request& request, Visit& visit) {
    const auto* const route = match(request, visit).route;  // 404 and 405 before any I/O
    if (route->is_public) {
        const auto session = stores_->readers.acquire();
        auto call = visit.input.call(*session);
        return route->answer(call);
    }
    admit(request, *route, visit);  // 401, 403, 404, 429: one round trip
    refuse_content(request, *route);
    auto query = http::parse_query(request.query_string);
    if (!query)
        throw Error(ErrorCode::invalid_request, "The query is not well-formed percent-encoded UTF-8.");
    check_parameters(*route, *query);
    visit.input.query = std::move(*query);
    return route->operation == nullptr ? read(request, *route, visit) : write(request, *route, visit);
}

Pipeline::Matched Pipeline::match(const http::Request& request, Visit& visit) const {
    // HEAD is GET without its body (RFC 9110 section 9.3.2); nginx drops it.
    const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
    const Route* found = nullptr;
    std::size_t fewest = 100;
    for (const auto& route : family_.routes) {
        auto parameters = match_pattern(route.pattern, request.path);
        if (!parameters) continue;
        // "batch" is an action, not the id of a transaction: the more literal
        // pattern wins.
        const auto count = placeholders(route.pattern);
        if (count > fewest) continue;
        if (count < fewest) {
            visit.allowed_methods.clear();
            found = nullptr;
        }
        fewest = count;
        visit.allowed_methods.push_back(route.method);
        if (route.method != method) continue;
        found = &route;
        visit.path = std::move(*parameters);
    }
    if (found != nullptr) return {found};
    if (visit.allowed_methods.empty())
        throw Error(ErrorCode::route_not_found, "There is no route " + request.path + ".");
    throw Error(ErrorCode::method_not_allowed, "This path does not take " + request.method + ".");
}

void Pipeline::admit(const http::Request& request, const Route& route, Visit& visit) {
    const auto found = visit.path.find("organization_id");
    std::optional<std::string> organization_id;
    if (found != visit.path.end()) organization_id = found->second;
    // A malformed id is absent; it must not become part of a name in the cache.
    const bool is_malformed = organization_id && !parse_id<OrganizationNoun>(*organization_id);
    visit.admission = gate_.admit(request.authorization, is_malformed ? std::nullopt : organization_id,
                                  request.remote_address, visit.rate_limit);
    if (is_malformed) throw Error(ErrorCode::resource_not_found, "There is no such organization.");
    const auto& principal = visit.admission->principal;
    refuse_permission(route, principal);
    auto& input = visit.input;
    input.principal = principal;
    input.path = visit.path;
    if (visit.admission->organization)
        input.books = visit.admission->organization->books(principal.livemode());
    input.actor = {
        principal.key_id, request.remote_address, request.user_agent.substr(0, 255), request.request_id,
        route.operation == nullptr ? std::string(family_.name) : std::string(route.operation->name)};
    if (!is_valid_utf8(input.actor.user_agent)) input.actor.user_agent.clear();
}

http::Reply Pipeline::read(const http::Request& request, const Route& route, Visit& visit) {
    if (route.list != nullptr) {
        visit.list = read_list_request(route.list(), visit.input.query);
        visit.input.list = &visit.list;
    }
    if (route.credits > 0 && !visit.admission->principal.is_operator()) return run_read_charged(route, visit);
    http::Reply reply;
    // A kept connection may have died with a server that is back already.
    for (int attempt = 1;; ++attempt) {
        try {
            const auto session = stores_->readers.acquire();
            auto call = visit.input.call(*session);
            if (route.answer != nullptr) return route.answer(call);
            if (const int seconds = route.wait_seconds == nullptr ? 0 : route.wait_seconds(call);
                seconds > 0) {
                return hand_over(visit, call.path_id<JobNoun>("job_id"), seconds, "job");
            }
            reply.body = route.read(call).dump();
            break;
        } catch (const store::StoreError& error) {
            if (!is_passing(error) || attempt == 3) throw refusal_of(error);
        }
    }
    if (route.shape == Shape::resource) {
        const auto tag = entity_tag(reply.body);
        reply.set_header("ETag", tag);
        if (!request.if_none_match.empty() && http::lists_entity_tag(request.if_none_match, tag)) {
            reply.status = 304;
            reply.body.clear();
        }
    }
    return reply;
}

// A report costs credits, so it leaves an event and a commit.
http::Reply Pipeline::run_read_charged(const Route& route, Visit& visit) {
    http::Reply reply;
    with_replays(*stores_, [&](store::Session& session) {
        auto call = visit.input.call(session);
        reply = {};
        reply.body = route.read(call).dump();
        service::credits::charge(call.scope, route.credits);
        service::write_events(call.scope, route.credits);
        session.commit();
    });
    visit.credits_cost = route.credits;
    ring_for_events(*stores_, visit.input.books.books_id);
    Gate::count_charge(*stores_, visit.input.books.root_id, visit.input.books.livemode, route.credits);
    return reply;
}

http::Reply Pipeline::write(const http::Request& request, const Route& route, Visit& visit) {
    const auto& operation = *route.operation;
    json::Document document;
    json::View root;
    static const auto empty_object = json::parse("{}");
    if (operation.takes_body()) {
        const bool is_absent = request.body.empty() && operation.is_body_optional;
        if (!is_absent) document = json::parse(request.body);
        root = is_absent ? empty_object.root() : document.root();
    }
    if (!operation.takes_body() && !request.body.empty()) {
        const auto given = json::parse(request.body);
        if (given.root().kind() != json::Kind::object || given.root().size() > 0) {
            throw faulty_field("", "must be empty: this request takes no body");
        }
    }
    Body body;
    {
        const auto session = stores_->readers.acquire();
        auto call = visit.input.call(*session);
        body = read_operation_body(operation, root, call);
    }
    if (!request.idempotency_key.empty()) {
        refuse_malformed_key(request.idempotency_key);
        const auto& principal = visit.admission->principal;
        const auto scope_id =
            visit.admission->organization ? visit.input.books.organization_id.bytes : principal.key_id.bytes;
        visit.idempotency =
            IdempotencyKey{scope_id, principal.livemode(), request.idempotency_key, request_hash(request),
                           sha256(request.idempotency_key + "\n" + request.authorization)};
    }
    visit.preferences = http::parse_prefer(request.prefer);
    if (!operation.resource_prefix.empty()) {
        visit.input.resource_id =
            std::string(operation.resource_prefix) + "_" + encode_base36(make_id_bytes());
    } else if (const auto last =
                   std::find_if(visit.path.begin(), visit.path.end(),
                                [](const auto& entry) { return entry.first != "organization_id"; });
               last != visit.path.end()) {
        visit.input.resource_id = last->second;
    } else if (const auto organization = visit.path.find("organization_id");
               organization != visit.path.end()) {
        visit.input.resource_id = organization->second;
    }
    const bool is_direct_body = operation.is_direct != nullptr && operation.is_direct(body.get());
    const bool is_queueable = !operation.has_secret_reply && !operation.is_never_queued &&
                              visit.admission->organization.has_value() && !is_direct_body;
    const bool is_queued = operation.mode == Mode::queued || visit.preferences.respond_async;
    if (is_queueable && is_queued) return accept(request, operation, visit, body.get());
    return run_now(request, operation, visit, body.get());
}

void Pipeline::check_version(const http::Request& request, const Operation& operation, Call& call) const {
    if (request.if_match.empty() || operation.current == nullptr) return;
    const auto tag = entity_tag(operation.current(call).dump());
    if (http::lists_entity_tag(request.if_match, tag)) return;
    throw Error(ErrorCode::version_mismatch,
                "The resource has changed since it was read: its ETag is " + tag + " now.");
}

namespace {

http::Reply replay(StoredReply stored) {
    stored.reply.set_header("Idempotent-Replayed", "true");
    return std::move(stored.reply);
}

}  // namespace

http::Reply Pipeline::run_now(const http::Request& request, const Operation& operation, Visit& visit,
                              void* body) {
    http::Reply reply;
    bool is_replay = false;
    std::uint32_t written_books_id = 0;  // a new organization's, say
    const bool is_direct_body = operation.is_direct != nullptr && operation.is_direct(body);
    const auto credits = visit.admission->principal.is_operator() ? 0 : operation.credits;
    const auto sealing = operation.has_secret_reply ? Sealing::sealed : Sealing::plain;
    try {
        with_replays(*stores_, [&](store::Session& session) {
            auto call = visit.input.call(session);
            if (visit.idempotency) {
                if (auto stored = begin_once(session, *visit.idempotency, call.scope.at)) {
                    reply = replay(std::move(*stored));
                    is_replay = true;
                    return;
                }
            }
            check_version(request, operation, call);
            const auto value = run_charged(operation, call, body);
            written_books_id = call.books().books_id;
            reply = {};
            reply.status =
                is_direct_body && operation.direct_status != 0 ? operation.direct_status : operation.status;
            if (operation.status != 204) {
                reply.body = value.dump();
                if (!operation.resource_object.empty()) {
                    reply.set_header(
                        "ETag", entity_tag(call.resource_text.empty() ? reply.body : call.resource_text));
                }
            }
            if (visit.idempotency) finish_once(session, *visit.idempotency, reply, std::nullopt, sealing);
            session.commit();
        });
    } catch (const Error& error) {
        if (!visit.idempotency || !is_stored_refusal(error)) throw;
        reply = error_reply(error, request.request_id);
        with_replays(*stores_, [&](store::Session& session) {
            if (auto stored = begin_once(session, *visit.idempotency, now())) {
                reply = replay(std::move(*stored));
                return;
            }
            finish_once(session, *visit.idempotency, reply, std::nullopt, Sealing::plain);
            session.commit();
        });
        return reply;
    }
    if (is_replay) return reply;
    visit.credits_cost = credits;
    if (visit.preferences.wait_seconds) reply.set_header("Preference-Applied", "wait");
    tell_caches(*stores_, operation, visit.input, credits);
    if (written_books_id != visit.input.books.books_id) ring_for_events(*stores_, written_books_id);
    return reply;
}

http::Reply Pipeline::accept(const http::Request& request, const Operation& operation, Visit& visit,
                             void* body) {
    service::jobs::JobRow job;
    job.id = make_id<JobNoun>();
    job.operation = operation.name;
    job.request_id = request.request_id;
    job.resource_object = operation.resource_object;
    job.resource_id = operation.resource_object.empty() ? "" : visit.input.resource_id;
    job.progress_total =
        operation.groups == nullptr ? 1 : static_cast<std::int64_t>(operation.groups->total(body));
    job.created_at = now();
    http::Reply reply;
    std::optional<JobId> replayed_job;
    bool is_replay = false;
    with_replays(*stores_, [&](store::Session& session) {
        if (visit.idempotency) {
            auto stored = begin_once(session, *visit.idempotency, job.created_at);
            if (stored) {
                replayed_job = stored->job_id;
                reply = replay(std::move(*stored));
                is_replay = true;
                return;
            }
            session.rollback();
        }
        auto call = visit.input.call(session);
        check_version(request, operation, call);
        session.rollback();
        check_refusals(operation, visit.input, session, body);
        if (visit.idempotency && begin_once(session, *visit.idempotency, job.created_at)) {
            throw Error(ErrorCode::idempotency_in_progress,
                        "The first request with this Idempotency-Key is still running.");
        }
        service::jobs::refuse_flood(session, visit.input.books.books_id);
        service::jobs::insert(session, visit.input.books.books_id, job,
                              write_job_request(visit.input, request.body));
        reply = accepted_reply(job, visit.input.books);
        if (visit.preferences.respond_async) reply.set_header("Preference-Applied", "respond-async");
        if (visit.idempotency) finish_once(session, *visit.idempotency, reply, job.id, Sealing::plain);
        session.commit();
    });
    if (!is_replay) ring(*stores_, visit.input.books.books_id);
    const auto waited = is_replay ? replayed_job : std::optional(job.id);
    const int seconds = visit.preferences.wait_seconds.value_or(0);
    if (seconds == 0 || visit.preferences.respond_async || !waited) return reply;
    visit.is_wait_applied = true;
    auto handed_over = hand_over(visit, *waited, seconds, "reply");
    if (is_replay) handed_over.headers.front().second += "&replayed=1";
    return handed_over;
}

// nginx passes the request on to the program that holds those who wait, so
// that none of this one's threads does.
http::Reply Pipeline::hand_over(const Visit& visit, const JobId& job_id, int seconds,
                                std::string_view answer_as) const {
    http::Reply reply;
    const auto& admission = *visit.admission;
    std::string target = "/internal/wait?as=" + std::string(answer_as) + "&job=" + to_text(job_id);
    target += "&books=" + std::to_string(visit.input.books.books_id);
    target += "&organization=" + to_text(visit.input.books.organization_id);
    target += std::string("&livemode=") + (visit.input.books.livemode ? "1" : "0");
    target += "&seconds=" + std::to_string(seconds);
    target += "&limit=" + std::to_string(admission.rate_limit.limit);
    target += "&remaining=" + std::to_string(admission.rate_limit.remaining);
    target += "&reset=" + std::to_string(admission.rate_limit.reset_seconds);
    target += "&credits=" + std::to_string(admission.credits_remaining.value_or(0));
    reply.set_header("X-Accel-Redirect", target);
    return reply;
}

}  // namespace crane::app
