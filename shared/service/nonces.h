// Nonces of signed requests: each works once.
#pragma once

#include <string_view>

#include "shared/base/date.h"
#include "shared/base/id.h"
#include "shared/store/session.h"

namespace crane::service::nonces {

// False if the key has used this nonce before. Kept until `expires_at`; of two
// sessions at once, one is told true. The caller commits.
bool use(store::Session& session, const ApiKeyId& key_id, std::string_view nonce, Timestamp expires_at);

// Drops some that were kept long enough, the oldest first. True when there may
// be more of them. The caller commits.
bool drop_expired(store::Session& session, Timestamp at);

}  // namespace crane::service::nonces
