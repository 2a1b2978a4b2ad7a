// Whether a key that is known may be used for a request: its state, where it is
// used from, the request's signature.
#pragma once

#include <optional>

#include "shared/app/request_signature.h"
#include "shared/app/stores.h"
#include "shared/http/message.h"
#include "shared/service/api_keys.h"

namespace crane::app {

// Throws Error: 401 for a key or a secret that works no longer, 403 for the address.
void refuse_key(const service::api_keys::ApiKeyRow& key, std::string_view ip_address, Timestamp at);

// The request's signature, which is right, or none where none is given and none
// is required. Throws Error{invalid_signature}.
std::optional<RequestSignature> check_signature(const service::api_keys::ApiKeyRow& key,
                                                const http::Request& request, Timestamp at);

// After everything else about the key: a nonce is used up by what is let in
// only. Throws Error{signature_replayed} when it was used before.
void use_nonce(Stores& stores, const ApiKeyId& key_id, const RequestSignature& signature);

}  // namespace crane::app
