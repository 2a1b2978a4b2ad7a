// One effect a key: the key, a digest of the request and the stored reply
// commit together with the effect.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "shared/base/hash.h"
#include "shared/http/message.h"
#include "shared/service/scope.h"

namespace crane::app {

struct IdempotencyKey {
    IdBytes scope_id{};  // the organization, or the operator's key
    bool livemode = true;
    std::string key;
    Digest request_hash{};
    // Encrypts a stored reply that holds a secret; known to the client only.
    Digest seal_key{};
};

struct StoredReply {
    http::Reply reply;
    std::optional<JobId> job_id;
};

constexpr std::int64_t kept_days = 7;

// Digest of method, path, query and body.
Digest request_hash(const http::Request& request);
void refuse_malformed_key(std::string_view key);

// The stored reply of an earlier request, or nullopt: then the key is taken in
// this session. Throws Error{idempotency_key_reused} or
// {idempotency_in_progress}; never waits for another session's key unless both
// began at the same moment.
std::optional<StoredReply> begin_once(store::Session& session, const IdempotencyKey& key, Timestamp at);

enum class Sealing { plain, sealed };
void finish_once(store::Session& session, const IdempotencyKey& key, const http::Reply& reply,
                 std::optional<JobId> job_id, Sealing sealing);

// A key that was not looked for before its request was run: stored with the reply when that is there. Another
// session that stores one of them at the same moment, or did before, makes this one fail
// (store::StoreFault::duplicate).
struct FinishedKey {
    const IdempotencyKey* key;
    const http::Reply* reply;
};
void insert_finished(store::Session& session, std::span<const FinishedKey> keys, Timestamp at);
// Drops some keys that were kept long enough, the oldest first. True when there
// may be more of them. The caller commits.
bool drop_expired_keys(store::Session& session, Timestamp at);

}  // namespace crane::app
