// Runs an operation in one session: the same for a handler and for a worker.
#pragma once

#include <functional>

#include "shared/app/operation.h"
#include "shared/app/stores.h"
#include "shared/base/error.h"

namespace crane::app {

// What stays the same over the attempts of one request or job.
struct CallInput {
    service::Books books;
    service::Actor actor;
    Principal principal;
    PathParameters path;
    http::Parameters query;
    std::string resource_id;
    const store::ListRequest* list = nullptr;
    const OperationTable* operations = nullptr;

    Call call(store::Session& session) const;
};

// Runs `step` in a write session, again with a new one when the store says
// that a replay helps: a bounded number of times, with jitter. `step` commits.
// Throws what `step` throws, store faults as Error.
void with_replays(Stores& stores, const std::function<void(store::Session&)>& step);

// Runs `step` in a read session, again with another one when the session turns
// out to be dead: a kept connection may have died with a server that is back
// already. Throws what `step` throws, store faults as StoreError.
void with_reader(Stores& stores, const std::function<void(store::Session&)>& step);

// What others must learn after a commit: caches the operation's own and the
// charge, the worker that there are events. `books` are those that were written
// in, whose pool paid: a new organization is made in its parent's. Never throws:
// the change is there.
void tell_caches(Stores& stores, const Operation& operation, const CallInput& input,
                 const service::Books& books, std::int64_t credits) noexcept;

// Of what the operation makes: a new one. Else of what the path names last.
std::string resource_id_for(const Operation& operation, const PathParameters& path);

// Throws Error{invalid_request} for a body that nobody would read.
void refuse_unread_body(const Operation& operation, json::View body);
// Reads a body and throws every fault of it at once.
Body read_operation_body(const Operation& operation, json::View body, Call& call);

// The operation, its credits and its events, within the session.
json::Value run_charged(const Operation& operation, Call& call, void* body);

// Throws Error{insufficient_permissions} that names the permission.
void require_permission(const Principal& principal, const Permission& permission);

// What `step` was refused with, if it was; everything that it did is undone.
// Throws what a replay of the session helps against, and faults of our own.
std::optional<Error> refusal_in_savepoint(store::Session& session, const std::function<void()>& step);

// Throws what the operation would be refused with. Undo what it leaves.
void try_operation(const Operation& operation, Call& call, void* body);
// Would it be refused? Runs what finds out and undoes it.
void check_refusals(const Operation& operation, const CallInput& input, store::Session& session, void* body);

}  // namespace crane::app
