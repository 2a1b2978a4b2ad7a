#include "shared/app/pipeline.h"

#include <algorithm>

#include "shared/app/event_bell.h"
#include "shared/app/hand_over.h"
#include "shared/app/list_parameters.h"
#include "shared/app/replies.h"
#include "shared/app/routing.h"
#include "shared/app/store_faults.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/base/text.h"
#include "shared/service/credits.h"

namespace crane::app {
namespace {

bool is_json(std::string_view content_type) {
    return to_lower_ascii(trim(content_type.substr(0, content_type.find(';')))) == "application/json";
}

void refuse_content(const http::Request& request, const Route& route) {
    if (route.operation == nullptr) return;
    const bool needs_body = route.operation->takes_body() && !route.operation->is_body_optional;
    if (request.body.empty() && !needs_body) return;
    if (!is_json(request.content_type)) {
        throw Error(ErrorCode::unsupported_media_type, "Send the body as Content-Type: application/json.");
    }
}

// After the gate, whose figures belong to this refusal's headers too.
void refuse_suspension(const Admission& admission) {
    const bool is_asked_suspended =
        admission.organization && admission.organization->is_suspended && !admission.principal.is_operator();
    if (!is_asked_suspended && !admission.is_key_suspended) return;
    throw Error(ErrorCode::organization_suspended,
                "This organization is suspended; ask the operator of this installation.");
}

void refuse_permission(const Route& route, const Principal& principal) {
    if (principal.is_operator()) {
        if (route.is_operator_allowed || route.is_operator_only) return;
        throw Error(ErrorCode::insufficient_permissions,
                    "An operator's key does not reach into an organization's books.");
    }
    require_permission(principal, route.permission);
    if (route.is_operator_only)
        throw Error(ErrorCode::insufficient_permissions, "This takes a key of the installation's operator.");
}

// The books of a linked organization are another tenant's to the keys above it.
void refuse_isolated(const Route& route, const Admission& admission) {
    if (route.reach == Reach::record || !admission.organization) return;
    if (admission.principal.reaches(*admission.organization)) return;
    throw Error(ErrorCode::resource_not_found, "There is no such organization.");
}

// The one place that asks for drafts.
void refuse_undrafted(const Route& route, const Admission& admission) {
    const auto& principal = admission.principal;
    if (route.operation == nullptr || !route.operation->is_draft_required()) return;
    if (!admission.organization || !admission.organization->is_draft_approval_required) return;
    if (principal.is_operator() ||
        service::api_keys::allows(principal.permissions, "drafts", service::api_keys::approve)) {
        return;
    }
    throw Error(ErrorCode::draft_required,
                "This organization takes writes only as drafts: POST …/drafts with the operation " +
                    std::string(route.operation->name) + ".");
}

}  // namespace

Pipeline::Pipeline(Stores& stores, Family family, const OperationTable* operations)
    : stores_(&stores), family_(std::move(family)), operations_(operations), gate_(stores), writes_(stores) {}

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
        const auto remaining =
            *visit.admission->credits_remaining + visit.credits_granted - visit.credits_cost;
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
    const auto& route = match(request, visit);  // 404 and 405 before any I/O
    if (route.is_public) {
        http::Reply reply;
        with_reader(*stores_, [&](store::Session& session) {
            auto call = visit.input.call(session);
            reply = route.answer(call);
        });
        return reply;
    }
    // Not read, so its signature could not be checked either.
    if (request.has_body_too_large) throw Error(ErrorCode::body_too_large, "The body is larger than 16 MiB.");
    admit(request, route, visit);  // 401, 403, 404, 429: one round trip
    refuse_content(request, route);
    auto query = http::parse_query(request.query_string);
    if (!query)
        throw Error(ErrorCode::invalid_request, "The query is not well-formed percent-encoded UTF-8.");
    check_parameters(route, *query);
    visit.input.query = std::move(*query);
    return route.operation == nullptr ? read(request, route, visit)
                                      : writes_.write(request, *route.operation, visit);
}

const Route& Pipeline::match(const http::Request& request, Visit& visit) const {
    auto match = match_route(family_, request.method, request.path);
    visit.allowed_methods = std::move(match.allowed_methods);
    visit.input.path = std::move(match.path);
    if (match.route != nullptr) return *match.route;
    if (visit.allowed_methods.empty())
        throw Error(ErrorCode::route_not_found, "There is no route " + request.path + ".");
    throw Error(ErrorCode::method_not_allowed, "This path does not take " + request.method + ".");
}

void Pipeline::admit(const http::Request& request, const Route& route, Visit& visit) {
    const auto found = visit.input.path.find("organization_id");
    std::optional<std::string> organization_id;
    if (found != visit.input.path.end()) organization_id = found->second;
    // A malformed id is absent; it must not become part of a name in the cache.
    const bool is_malformed = organization_id && !parse_id<OrganizationNoun>(*organization_id);
    visit.admission = gate_.admit(request, is_malformed ? std::nullopt : organization_id, visit.rate_limit);
    if (is_malformed) throw Error(ErrorCode::resource_not_found, "There is no such organization.");
    const auto& principal = visit.admission->principal;
    refuse_suspension(*visit.admission);
    refuse_isolated(route, *visit.admission);
    refuse_permission(route, principal);
    refuse_undrafted(route, *visit.admission);
    auto& input = visit.input;
    input.operations = operations_;
    input.principal = principal;
    if (visit.admission->organization)
        input.books = visit.admission->organization->books(principal.livemode());
    input.actor = {
        principal.key_id, request.remote_address, request.user_agent.substr(0, 255), request.request_id,
        route.operation == nullptr ? read_name(family_, route) : std::string(route.operation->name)};
    if (!is_valid_utf8(input.actor.user_agent)) input.actor.user_agent.clear();
}

http::Reply Pipeline::read(const http::Request& request, const Route& route, Visit& visit) {
    if (route.list != nullptr) {
        visit.list = read_list_request(route.list(), visit.input.query);
        visit.input.list = &visit.list;
    }
    if (route.credits > 0 && !visit.admission->principal.is_operator()) return run_read_charged(route, visit);
    http::Reply reply;
    bool is_complete = false;
    with_reader(*stores_, [&](store::Session& session) {
        auto call = visit.input.call(session);
        const int seconds = route.wait_seconds == nullptr ? 0 : route.wait_seconds(call);
        is_complete = route.answer != nullptr || seconds > 0;
        if (route.answer != nullptr) {
            reply = route.answer(call);
        } else if (seconds > 0) {
            reply = hand_over(visit, call.path_id<JobNoun>("job_id"), seconds, "job");
        } else {
            reply.body = route.read(call).dump();
        }
    });
    if (!is_complete && route.shape == Shape::resource) {
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

}  // namespace crane::app
