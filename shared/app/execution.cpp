#include "shared/app/execution.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "shared/app/changes.h"
#include "shared/app/event_bell.h"
#include "shared/app/gate.h"
#include "shared/app/store_faults.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/base/random.h"
#include "shared/service/credits.h"

namespace crane::app {
namespace {

constexpr int most_replays = 8;

void wait_with_jitter(int attempt) {
    const auto bound = static_cast<std::uint32_t>(2 << std::min(attempt, 6));
    std::this_thread::sleep_for(std::chrono::milliseconds(1 + random_below(bound)));
}

}  // namespace

Call CallInput::call(store::Session& session) const {
    return {.scope = {session, books, actor, now()},
            .principal = principal,
            .path = path,
            .query = query,
            .resource_id = resource_id,
            .list = list,
            .operations = operations};
}

void with_replays(Stores& stores, const std::function<void(store::Session&)>& step) {
    for (int attempt = 1;; ++attempt) {
        try {
            const auto session = stores.writers.acquire();
            step(*session);
            return;
        } catch (const store::StoreError& error) {
            if (!is_passing(error) || attempt == most_replays) throw refusal_of(error);
            log(LogLevel::debug, "replaying a session", {{"reason", error.what()}});
        }
        wait_with_jitter(attempt);
    }
}

void with_reader(Stores& stores, const std::function<void(store::Session&)>& step) {
    constexpr int most_attempts = 3;
    for (int attempt = 1;; ++attempt) {
        try {
            const auto session = stores.readers.acquire();
            step(*session);
            return;
        } catch (const store::StoreError& error) {
            if (!is_passing(error) || attempt == most_attempts) throw;
        }
    }
}

void tell_caches(Stores& stores, const Operation& operation, const CallInput& input,
                 const service::Books& books, std::int64_t credits) noexcept {
    ring_for_events(stores, books.books_id);
    try {
        if (operation.after_commit != nullptr) operation.after_commit(stores, input);
        Gate::count_charge(stores, books.root_id, books.livemode, credits);
    } catch (const std::exception& exception) {
        log(LogLevel::warning, "the caches were not told; their records end soon by themselves",
            {{"operation", std::string(operation.name)}, {"reason", exception.what()}});
    }
}

std::string resource_id_for(const Operation& operation, const PathParameters& path) {
    if (!operation.resource_prefix.empty()) return id_text(operation.resource_prefix, make_id_bytes());
    const auto last = std::ranges::find_if(
        path, [](const auto& parameter) { return parameter.first != "organization_id"; });
    if (last != path.end()) return last->second;
    const auto organization = path.find("organization_id");
    return organization == path.end() ? std::string() : organization->second;
}

void refuse_unread_body(const Operation& operation, json::View body) {
    if (operation.takes_body()) return;
    if (body.kind() != json::Kind::object || body.size() > 0)
        throw faulty_field("", "must be empty: this request takes no body");
}

Body read_operation_body(const Operation& operation, json::View body, Call& call) {
    if (operation.read == nullptr) return nullptr;
    json::ReaderState state;
    json::Reader reader(body, state);
    auto content = operation.read(reader, call);
    reader.finish();
    if (!state.faults.empty()) throw Error(std::move(state.faults));
    return content;
}

json::Value run_charged(const Operation& operation, Call& call, void* body) {
    const auto before = tells_changes(operation) ? operation.current(call).dump() : std::string();
    auto value = operation.run(call, body);
    if (!before.empty()) {
        tell_changes(call.scope, operation, before,
                     call.resource_text.empty() ? value.dump() : call.resource_text);
    }
    const auto credits = call.principal.is_operator() ? 0 : operation.credits;
    service::credits::charge(call.scope, credits);
    service::write_events(call.scope, credits);
    call.outcome.credits += credits;
    return value;
}

void require_permission(const Principal& principal, const Permission& permission) {
    if (permission.family.empty()) return;
    if (service::api_keys::allows(principal.permissions, permission.family, permission.action)) return;
    const auto name = std::string(permission.family) + ":" + std::string(permission.action);
    Error error(ErrorCode::insufficient_permissions,
                "This needs the permission " + name + ", which the API key does not have.");
    error.with("permission", name);
    throw error;
}

std::optional<Error> refusal_in_savepoint(store::Session& session, const std::function<void()>& step) {
    std::optional<Error> refusal;
    session.set_savepoint();
    try {
        step();
    } catch (const Error& error) {
        refusal = error;
    } catch (const store::StoreError& error) {
        if (is_passing(error) || error.fault == store::StoreFault::commit_unknown) throw;
        refusal = refusal_of(error);
    }
    if (refusal && refusal->status() >= 500) throw *refusal;
    session.rollback_to_savepoint();
    return refusal;
}

void try_operation(const Operation& operation, Call& call, void* body) {
    if (operation.groups != nullptr) {
        service::credits::refuse_shortage(call.scope,
                                          operation.groups->credits(operation.groups->total(body)));
    }
    if (operation.check != nullptr) {
        operation.check(call, body);
    } else {
        run_charged(operation, call, body);
    }
}

void check_refusals(const Operation& operation, const CallInput& input, store::Session& session, void* body) {
    auto call = input.call(session);
    try_operation(operation, call, body);
    session.rollback();
}

std::optional<std::string_view> Call::parameter(std::string_view name) const {
    for (const auto& [given, value] : query) {
        if (given == name) return value;
    }
    return std::nullopt;
}

std::optional<Date> Call::date_parameter(std::string_view name) const {
    const auto text = parameter(name);
    if (!text) return std::nullopt;
    const auto date = parse_date(*text);
    if (!date) throw faulty_field(std::string(name), "must be a date that exists, as YYYY-MM-DD");
    return date;
}

std::optional<Timestamp> Call::timestamp_parameter(std::string_view name) const {
    const auto text = parameter(name);
    if (!text) return std::nullopt;
    const auto timestamp = parse_utc_timestamp(*text);
    if (!timestamp)
        throw faulty_field(std::string(name),
                           "must be a time in UTC as RFC 3339 writes it, such as 2026-01-31T09:30:00Z");
    return timestamp;
}

bool Call::includes(std::string_view what) const {
    const auto text = parameter("include");
    if (!text) return false;
    if (*text != what) throw faulty_field("include", "can be " + std::string(what));
    return true;
}

void Call::throw_not_found() {
    throw Error(ErrorCode::resource_not_found, "There is no such resource.");
}

}  // namespace crane::app
