// What a key may give to the keys that it makes or changes: no more than it has.
#pragma once

#include "handlers/api_keys/json.h"

namespace crane::api_keys {

// For a new key, before what was asked for is applied: its maker's own bounds.
void inherit_bounds(const app::Principal& maker, service::api_keys::ApiKeyRow& key);

// Throws Error{insufficient_permissions} for a key that reaches further: in its
// permissions, its mode, the organizations below. An operator gives anything.
void refuse_wider_reach(const app::Principal& maker, const service::api_keys::ApiKeyRow& key);
// Likewise for one that is bound less: it ends later, works from elsewhere, or
// without the signature that its maker needs.
void refuse_fewer_bounds(const app::Principal& maker, const service::api_keys::ApiKeyRow& key);
// The same for a change: of all bounds where the key gains a permission by it,
// which must not outlive or outreach its giver, else of those that it loosens.
void refuse_looser(const app::Principal& maker, const service::api_keys::ApiKeyRow& before,
                   const KeyBody& body, const service::api_keys::ApiKeyRow& key);
// A limit that was asked for. Above the default it is invalid_request.
void refuse_rate_limit(const app::Principal& maker, const service::api_keys::ApiKeyRow& key);

}  // namespace crane::api_keys
