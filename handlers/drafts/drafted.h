// The operation that a draft holds, found in the table of all operations and
// run as its own route would run it.
#pragma once

#include "shared/app/execution.h"
#include "shared/service/drafts.h"

namespace crane::drafts {

// Lives for one attempt, as the call does; both outlive no session.
class Drafted {
public:
    // Throws Error{invalid_state} when there is no such operation any more.
    Drafted(app::Call& call, const service::drafts::DraftRow& draft);

    // {"valid","errors"}: what the operation would be refused with now. It
    // leaves nothing in the session but locks.
    json::Value validation();
    // Throws Error{insufficient_permissions} unless the key may run it itself.
    void require_permission() const;
    // Runs it, or writes the job that will, as the operation's mode has it: what
    // came of it goes into `draft`, and into the outcome of the call. Throws what
    // the operation is refused with.
    void run(service::drafts::DraftRow& draft);

private:
    app::Call operation_call() const;
    app::Body read_body(app::Call& call) const;
    void accept(service::drafts::DraftRow& draft, void* body);

    app::Call& call_;
    const app::Operation* operation_ = nullptr;
    app::CallInput input_;
    json::Document payload_;
};

}  // namespace crane::drafts
