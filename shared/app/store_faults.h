// What a refusal of the database means to a client.
#pragma once

#include "shared/base/error.h"
#include "shared/store/session.h"

namespace crane::app {

// True for what goes away when the session is replayed: a deadlock, a lock
// wait, a lost connection, two first uses of one idempotency key.
bool is_passing(const store::StoreError& error);

// The Error for the reply. A fault that no client can cause becomes
// internal_error and is logged.
Error refusal_of(const store::StoreError& error);

}  // namespace crane::app
