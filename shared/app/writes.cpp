#include "shared/app/writes.h"

#include "shared/app/hand_over.h"
#include "shared/app/job_queue.h"
#include "shared/app/replies.h"
#include "shared/app/store_faults.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/service/credits.h"

namespace crane::app {
namespace {

// Two groups: one decides and writes while the other's commit waits for the disk.
constexpr std::size_t most_groups = 2;
constexpr std::size_t most_members = 64;

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

std::optional<IdempotencyKey> idempotency_key_of(const http::Request& request, const Visit& visit) {
    if (request.idempotency_key.empty()) return std::nullopt;
    refuse_malformed_key(request.idempotency_key);
    const auto& principal = visit.admission->principal;
    const auto scope_id =
        visit.admission->organization ? visit.input.books.organization_id.bytes : principal.key_id.bytes;
    return IdempotencyKey{scope_id, principal.livemode(), request.idempotency_key, request_hash(request),
                          sha256(request.idempotency_key + "\n" + request.authorization)};
}

void check_version(const http::Request& request, const Operation& operation, Call& call) {
    if (request.if_match.empty() || operation.current == nullptr) return;
    const auto tag = entity_tag(operation.current(call).dump());
    if (http::lists_entity_tag(request.if_match, tag)) return;
    throw Error(ErrorCode::version_mismatch,
                "The resource has changed since it was read: its ETag is " + tag + " now.");
}

http::Reply replay(StoredReply stored) {
    stored.reply.set_header("Idempotent-Replayed", "true");
    return std::move(stored.reply);
}

bool is_answered_at_once(const Operation& operation, const void* body) {
    return operation.is_direct != nullptr && operation.is_direct(body);
}

// What is answered at once was waited for.
void tell_wait(const http::Preferences& preferences, http::Reply& reply) {
    if (preferences.wait_seconds)
        reply.set_header("Preference-Applied", "wait=" + std::to_string(*preferences.wait_seconds));
}

http::Reply success(const Operation& operation, const json::Value& value, const Call& call,
                    const void* body) {
    if (call.outcome.job) return accepted_reply(*call.outcome.job, call.books());
    http::Reply reply;
    const bool has_own_status = operation.direct_status != 0 && is_answered_at_once(operation, body);
    reply.status = has_own_status ? operation.direct_status : operation.status;
    if (operation.status == 204) return reply;
    reply.body = value.dump();
    if (!operation.resource_object.empty())
        reply.set_header("ETag", entity_tag(call.resource_text.empty() ? reply.body : call.resource_text));
    return reply;
}

}  // namespace

// A request that may be run together with others.
struct Writes::Member : GatheringMember {
    Member(const http::Request& its_request, const Operation& operation, Visit& its_visit, void* its_body)
        : GatheringMember(std::string(operation.name) + " " + std::to_string(its_visit.input.books.books_id)),
          request(&its_request),
          visit(&its_visit),
          body(its_body) {}

    const http::Request* request;
    Visit* visit;
    void* body;
    std::optional<http::Reply> reply;  // none, and no failure: it has to run alone
    std::exception_ptr failure;
};

Writes::Writes(Stores& stores) : stores_(&stores), gathering_(most_groups, most_members) {}

http::Reply Writes::write(const http::Request& request, const Operation& operation, Visit& visit) {
    const auto body = read_body(request, operation, visit);
    visit.idempotency = idempotency_key_of(request, visit);
    visit.preferences = http::parse_prefer(request.prefer);
    visit.input.resource_id = resource_id_for(operation, visit.input.path);
    const bool is_queueable = !operation.has_secret_reply && !operation.is_never_queued &&
                              visit.admission->organization.has_value() &&
                              !is_answered_at_once(operation, body.get());
    const bool is_queued = operation.mode == Mode::queued || visit.preferences.respond_async;
    if (is_queueable && is_queued) return accept(request, operation, visit, body.get());
    return run_now(request, operation, visit, body.get());
}

Body Writes::read_body(const http::Request& request, const Operation& operation, Visit& visit) {
    static const auto empty_object = json::parse("{}");
    json::Document document;
    json::View root;
    if (operation.takes_body()) {
        const bool is_absent = request.body.empty() && operation.is_body_optional;
        if (!is_absent) document = json::parse(request.body);
        root = is_absent ? empty_object.root() : document.root();
    } else if (!request.body.empty()) {
        const auto given = json::parse(request.body);
        refuse_unread_body(operation, given.root());
    }
    Body body;
    with_reader(*stores_, [&](store::Session& session) {
        auto call = visit.input.call(session);
        body = read_operation_body(operation, root, call);
    });
    return body;
}

http::Reply Writes::run_now(const http::Request& request, const Operation& operation, Visit& visit,
                            void* body) {
    const bool may_join = operation.together != nullptr && !visit.admission->principal.is_operator() &&
                          operation.together->may_join(visit.input.query, body);
    if (!may_join) return run_alone(request, operation, visit, body);
    Member member(request, operation, visit, body);
    gathering_.join(member, [&](const Gathering::Group& group) { run_group(operation, group); });
    if (member.failure) std::rethrow_exception(member.failure);
    if (member.reply) return std::move(*member.reply);
    return run_alone(request, operation, visit, body);
}

http::Reply Writes::run_alone(const http::Request& request, const Operation& operation, Visit& visit,
                              void* body) {
    http::Reply reply;
    bool is_replay = false;
    service::Books written_books;  // a new organization's parent's, say
    Outcome outcome;
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
            written_books = call.books();
            reply = success(operation, value, call, body);
            outcome = std::move(call.outcome);
            const auto job_id = outcome.job ? std::optional(outcome.job->id) : std::nullopt;
            if (visit.idempotency) finish_once(session, *visit.idempotency, reply, job_id, sealing);
            session.commit();
        });
    } catch (const Error& error) {
        if (!visit.idempotency || !is_stored_refusal(error)) throw;
        return store_refusal(request, visit, error);
    }
    if (is_replay) return reply;
    visit.credits_cost = outcome.credits;
    visit.credits_granted = outcome.credits_granted;
    if (!outcome.job) tell_wait(visit.preferences, reply);
    for (const auto& tell : outcome.after_commit) tell(*stores_);
    tell_caches(*stores_, operation, visit.input, written_books, outcome.credits);
    return reply;
}

// A refusal is the answer to its key from now on.
http::Reply Writes::store_refusal(const http::Request& request, const Visit& visit, const Error& error) {
    auto reply = error_reply(error, request.request_id);
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

void Writes::run_group(const Operation& operation, const Gathering::Group& group) noexcept {
    std::vector<Member*> members;
    for (auto* each : group) members.push_back(static_cast<Member*>(each));
    try {
        if (members.size() > 1) return run_together(operation, members);
        auto& alone = *members.front();
        alone.reply = run_alone(*alone.request, operation, *alone.visit, alone.body);
    } catch (const store::StoreError& error) {
        // Whether they are in the books is not known: none may be run again.
        if (error.fault == store::StoreFault::commit_unknown || members.size() == 1) {
            for (auto* member : members) member->failure = std::current_exception();
        }
    } catch (...) {
        if (members.size() == 1) members.front()->failure = std::current_exception();
    }
}

// All of them in one session, one commit. Whatever stands against that undoes it, and each is run alone.
void Writes::run_together(const Operation& operation, std::span<Member* const> members) {
    const auto session = stores_->writers.acquire();
    std::vector<Call> calls;
    std::vector<void*> bodies;
    std::vector<FinishedKey> keys;
    calls.reserve(members.size());
    for (const auto* member : members) {
        calls.push_back(member->visit->input.call(*session));
        bodies.push_back(member->body);
    }
    const auto values = operation.together->run(calls, bodies);
    std::vector<service::Scope*> scopes;
    std::vector<std::pair<Member*, http::Reply>> made;
    made.reserve(members.size());  // `keys` point into it
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (!values[i]) continue;
        scopes.push_back(&calls[i].scope);
        made.emplace_back(members[i], success(operation, *values[i], calls[i], bodies[i]));
        if (const auto& key = members[i]->visit->idempotency) keys.push_back({&*key, &made.back().second});
    }
    if (made.empty()) return;
    const auto credits = operation.credits * static_cast<std::int64_t>(made.size());
    service::credits::charge(*scopes.front(), credits);
    service::write_events(scopes, operation.credits);
    insert_finished(*session, keys, calls.front().scope.at);
    session->commit();
    for (auto& [member, reply] : made) {
        member->visit->credits_cost = operation.credits;
        tell_wait(member->visit->preferences, reply);
        member->reply = std::move(reply);
    }
    const auto& input = members.front()->visit->input;
    tell_caches(*stores_, operation, input, input.books, credits);
}

void Writes::insert_job(const http::Request& request, const Operation& operation, const Visit& visit,
                        void* body, store::Session& session, const service::jobs::JobRow& job,
                        http::Reply& reply) {
    auto call = visit.input.call(session);
    check_version(request, operation, call);
    session.rollback();
    check_refusals(operation, visit.input, session, body);
    if (visit.idempotency && begin_once(session, *visit.idempotency, job.created_at)) {
        throw Error(ErrorCode::idempotency_in_progress,
                    "The first request with this Idempotency-Key is still running.");
    }
    const auto& books = visit.input.books;
    service::jobs::refuse_flood(session, books.books_id);
    service::jobs::insert(session, books.books_id, job, write_job_request(visit.input, request.body));
    reply = accepted_reply(job, books);
    if (visit.preferences.respond_async) reply.set_header("Preference-Applied", "respond-async");
    if (visit.idempotency) finish_once(session, *visit.idempotency, reply, job.id, Sealing::plain);
    session.commit();
}

http::Reply Writes::accept(const http::Request& request, const Operation& operation, Visit& visit,
                           void* body) {
    const auto job = new_job(operation, visit.input, body);
    http::Reply reply;
    std::optional<StoredReply> stored;
    with_replays(*stores_, [&](store::Session& session) {
        if (visit.idempotency) {
            stored = begin_once(session, *visit.idempotency, job.created_at);
            if (stored) return;
            session.rollback();
        }
        insert_job(request, operation, visit, body, session, job, reply);
    });
    const bool is_replay = stored.has_value();
    const auto waited = is_replay ? stored->job_id : std::optional(job.id);
    if (is_replay) reply = replay(std::move(*stored));
    if (!is_replay) ring(*stores_, visit.input.books.books_id);
    const int seconds = visit.preferences.wait_seconds.value_or(0);
    if (seconds == 0 || visit.preferences.respond_async || !waited) return reply;
    auto handed_over = hand_over(visit, *waited, seconds, "reply");
    if (is_replay) handed_over.headers.front().second += "&replayed=1";
    return handed_over;
}

}  // namespace crane::app
