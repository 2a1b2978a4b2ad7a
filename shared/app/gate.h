// Who may come in: key, organization, suspension and rate limit, in one round
// trip to Redis; from the database when Redis is cold or away.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "shared/app/principal.h"
#include "shared/app/stores.h"
#include "shared/http/message.h"
#include "shared/service/organizations.h"

namespace crane::app {

// Hashes in Redis by the id of a key: when it was used last, and how often since
// the worker wrote that down.
constexpr std::string_view used_at_hash = "crane:used_at";
constexpr std::string_view used_count_hash = "crane:used_count";

// Of the key or of its organization, whichever has less left.
struct RateLimit {
    std::int64_t limit = 0;
    std::int64_t remaining = 0;
    std::int64_t reset_seconds = 0;  // Unix time at which the count begins anew
    std::int64_t seconds_left = 0;   // until then, 1 to 60
};

struct Admission {
    Principal principal;
    std::optional<service::organizations::OrganizationScope> organization;
    bool is_key_suspended = false;  // the key's own organization is, or one above it
    RateLimit rate_limit;
    std::optional<std::int64_t> credits_remaining;  // advisory; billing tells exactly
};

class Gate {
public:
    explicit Gate(Stores& stores) : stores_(&stores) {}

    // `organization_id` is the path's, if it names one. Throws Error: 401, 403,
    // 404 or 429. When it throws after the key was known, `rate_limit` holds the
    // figures for the headers. The nonce of a signed request is used up by it.
    Admission admit(const http::Request& request, const std::optional<std::string>& organization_id,
                    std::optional<RateLimit>& rate_limit);

    // After a commit that changed them: the next request sees the change.
    static void forget_secrets(Stores& stores, std::span<const service::api_keys::KeyVersion> secrets);
    static void forget_organization(Stores& stores, const OrganizationId& id, std::int64_t version);
    // After a commit that charged: keeps the advisory figure near the truth.
    static void count_charge(Stores& stores, const OrganizationId& root_id, bool livemode,
                             std::int64_t credits);
    // After a commit that gave credits: the next request sees them. May throw.
    static void count_grant(Stores& stores, const OrganizationId& root_id, bool livemode,
                            std::int64_t credits);

private:
    struct Records;
    std::optional<Records> ask_redis(std::string_view hash_hex, const std::string& organization_id,
                                     bool livemode);
    Records load(const Digest& hash, std::string_view hash_hex, const std::string& organization_id,
                 bool livemode);
    void keep(std::string_view hash_hex, const std::string& organization_id, const Records& records,
              bool livemode);

    Stores* stores_;
};

}  // namespace crane::app
