#include "shared/app/execution.h"

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
    return Call{{session, books, actor, now()}, principal, path, query, resource_id, list};
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

void tell_caches(Stores& stores, const Operation& operation, const CallInput& input,
                 std::int64_t credits) noexcept {
    ring_for_events(stores, input.books.books_id);
    try {
        if (operation.after_commit != nullptr) operation.after_commit(stores, input);
        Gate::count_charge(stores, input.books.root_id, input.books.livemode, credits);
    } catch (const std::exception& exception) {
        log(LogLevel::warning, "the caches were not told; their records end soon by themselves",
            {{"operation", std::string(operation.name)}, {"reason", exception.what()}});
    }
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
    return value;
}

void check_refusals(const Operation& operation, const CallInput& input, store::Session& session, void* body) {
    auto call = input.call(session);
    if (operation.groups != nullptr) {
        service::credits::refuse_shortage(call.scope,
                                          operation.groups->credits(operation.groups->total(body)));
    }
    if (operation.check != nullptr) {
        operation.check(call, body);
    } else {
        run_charged(operation, call, body);
    }
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
