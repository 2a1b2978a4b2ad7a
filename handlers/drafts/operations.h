// The writes of the family drafts. They are never queued: each tries the
// drafted operation in a savepoint of its own session.
#pragma once

#include "shared/app/operation.h"

namespace crane::drafts {

extern const app::Operation create_draft;
extern const app::Operation update_draft;
extern const app::Operation delete_draft;
extern const app::Operation validate_draft;
extern const app::Operation approve_draft;
extern const app::Operation reject_draft;

}  // namespace crane::drafts
