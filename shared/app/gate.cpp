#include "shared/app/gate.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "shared/app/execution.h"
#include "shared/app/gate_records.h"
#include "shared/app/key_checks.h"
#include "shared/base/clock.h"
#include "shared/base/error.h"
#include "shared/base/log.h"
#include "shared/base/text.h"
#include "shared/service/credits.h"

namespace crane::app {
namespace {

constexpr std::int64_t window_milliseconds = 60'000;
// Of a whole organization, unless one of its keys may do more than that.
constexpr std::int64_t organization_limit_per_minute = 10'000;

// KEYS: key record, organization record, organization's count, last uses, numbers
// of uses. ARGV: window in ms, credits' name prefix, credits' mode, now in microseconds,
// organization's limit, the name prefix of keys' counts.
// A record is "<limit> <key id> <JSON>" or "<root id> <JSON>": a key is known by
// each of its secrets, and counted by its id. Counts only when the key is in the
// cache, so that a cold cache is asked twice and counted once.
const redis::Script admit_script{R"lua(
local key = redis.call('GET', KEYS[1])
if not key then return false end
local organization = redis.call('GET', KEYS[2])
local limit, id = string.match(key, '^(%d+) (%S+) ')
if not id then return false end
limit = tonumber(limit)
local function count(name)
  local used = redis.call('INCR', name)
  local left = redis.call('PTTL', name)
  if left < 0 then
    redis.call('PEXPIRE', name, ARGV[1])
    left = tonumber(ARGV[1])
  end
  return used, left
end
local used, left = count(ARGV[6] .. id)
local remaining, bound = limit - used, limit
if organization then
  local organization_limit = math.max(tonumber(ARGV[5]), limit)
  local organization_used, organization_left = count(KEYS[3])
  local organization_remaining = organization_limit - organization_used
  if organization_remaining < remaining then
    remaining, left, bound = organization_remaining, organization_left, organization_limit
  end
end
local credits = false
if organization then
  credits = redis.call('GET', ARGV[2] .. string.match(organization, '^%S+') .. ARGV[3])
end
redis.call('HSET', KEYS[4], id, ARGV[4])
redis.call('HINCRBY', KEYS[5], id, 1)
return {key, organization, credits, remaining, left, bound}
)lua"};

// KEYS: record, least version. ARGV: the record, seconds, its version. What was
// read before a change must not be kept after it: the change leaves the least
// version that may be kept, for as long as an older reader can be under way.
const redis::Script keep_script{R"lua(
local least = redis.call('GET', KEYS[2])
if least and tonumber(least) > tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
)lua"};

// KEYS: record, least version. ARGV: the version, seconds.
const redis::Script forget_script{R"lua(
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
return redis.call('DEL', KEYS[1])
)lua"};

const redis::Script charge_script{R"lua(
if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('DECRBY', KEYS[1], ARGV[1]) end
return 0
)lua"};

// Twice as long as the sweeper takes to repeat revocations.
constexpr std::int64_t distrust_milliseconds = 10'000;
constexpr std::int64_t record_seconds = 30;
constexpr std::string_view least_version_seconds = "40";
constexpr std::string_view credits_prefix = "crane:credits:";
constexpr std::string_view rate_prefix = "crane:rate:";

std::string key_name(std::string_view hash_hex) {
    return "crane:key:" + std::string(hash_hex);
}
std::string organization_name(std::string_view id) {
    return "crane:organization:" + std::string(id);
}
std::string least_version_of(std::string_view name) {
    return "crane:changed:" + std::string(name);
}
std::string credits_mode(bool livemode) {
    return livemode ? ":live" : ":test";
}

// How long a key's record is kept: not longer than its secret works, since what
// comes with an old secret must not count against the key's limit.
std::int64_t seconds_to_keep(const service::api_keys::ApiKeyRow& key) {
    if (!key.secret_expires_at) return record_seconds;
    const auto left = (key.secret_expires_at->microseconds - now().microseconds + 999'999) / 1'000'000;
    return std::clamp<std::int64_t>(left, 0, record_seconds);
}

std::string credits_name(const OrganizationId& root_id, bool livemode) {
    return std::string(credits_prefix) + to_text(root_id) + credits_mode(livemode);
}

RateLimit rate_limit_of(std::int64_t limit, std::int64_t remaining, std::int64_t milliseconds_left) {
    const auto seconds =
        std::clamp<std::int64_t>((milliseconds_left + 999) / 1000, 1, window_milliseconds / 1000);
    return {limit, remaining, now().microseconds / 1'000'000 + seconds, seconds};
}

// The count that each process keeps for itself while Redis is away: limits
// hold per program then, which is wider than asked and better than a stop.
class LocalCounts {
public:
    RateLimit count(const ApiKeyId& key, std::int64_t limit) {
        const std::lock_guard lock(mutex_);
        const auto at = now().microseconds / 1000;
        auto& entry = entries_[key];
        if (at >= entry.ends) entry = {0, at + window_milliseconds};
        ++entry.used;
        return rate_limit_of(limit, limit - entry.used, entry.ends - at);
    }

private:
    struct Entry {
        std::int64_t used = 0;
        std::int64_t ends = 0;
    };
    std::mutex mutex_;
    std::unordered_map<ApiKeyId, Entry> entries_;
};

LocalCounts& local_counts() {
    static LocalCounts counts;
    return counts;
}

std::string_view bearer_of(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (authorization.empty()) {
        throw Error(ErrorCode::missing_api_key, "Send the API key as \"Authorization: Bearer cl_live_…\".");
    }
    if (authorization.size() <= scheme.size() ||
        to_lower_ascii(authorization.substr(0, scheme.size())) != scheme) {
        throw Error(ErrorCode::invalid_api_key,
                    "The Authorization header must be \"Bearer\" and an API key.");
    }
    return trim(authorization.substr(scheme.size()));
}

std::string_view json_of(std::string_view record) {
    return record.substr(std::min(record.find('{'), record.size()));
}

// Reads a cached record. The same text means the same record, so a thread remembers what it has read.
template <typename Record, Record (*Read)(std::string_view)>
const Record& read_once(std::string_view text) {
    constexpr std::size_t most_remembered = 256;
    static thread_local std::unordered_map<std::string, Record> remembered;
    const std::string record(json_of(text));
    const auto found = remembered.find(record);
    if (found != remembered.end()) return found->second;
    if (remembered.size() >= most_remembered) remembered.clear();
    return remembered.emplace(record, Read(record)).first->second;
}

}  // namespace

struct Gate::Records {
    service::api_keys::ApiKeyRow key;
    std::optional<service::organizations::OrganizationScope> organization;
    std::optional<std::int64_t> credits;
    std::optional<RateLimit> rate_limit;  // none: not counted yet
};

std::optional<Gate::Records> Gate::ask_redis(std::string_view hash_hex, const std::string& organization_id,
                                             bool livemode) {
    const auto key = key_name(hash_hex);
    const auto organization = organization_name(organization_id);
    const auto at = now();
    const auto answer = stores_->redis().run(
        admit_script,
        {key, organization, std::string(rate_prefix) + organization_id + credits_mode(livemode), used_at_hash,
         used_count_hash},
        {std::to_string(window_milliseconds), credits_prefix, credits_mode(livemode),
         std::to_string(at.microseconds), std::to_string(organization_limit_per_minute), rate_prefix});
    if (!answer || answer->kind != redis::Answer::Kind::list || answer->list.size() != 6) return std::nullopt;
    try {
        Records records;
        records.key = read_once<service::api_keys::ApiKeyRow, read_key_record>(answer->list[0].text);
        if (!answer->list[1].is_nil()) {
            records.organization =
                read_once<service::organizations::OrganizationScope, read_organization_record>(
                    answer->list[1].text);
        }
        if (!answer->list[2].is_nil()) records.credits = std::stoll(answer->list[2].text);
        records.rate_limit =
            rate_limit_of(answer->list[5].integer, answer->list[3].integer, answer->list[4].integer);
        return records;
    } catch (const std::exception& exception) {
        // Another version of this program wrote them: as good as absent.
        log(LogLevel::info, "cached records were not readable", {{"reason", exception.what()}});
        return std::nullopt;
    }
}

Gate::Records Gate::load(const Digest& hash, std::string_view hash_hex, const std::string& organization_id,
                         bool livemode) {
    Records records;
    with_reader(*stores_, [&](store::Session& session) {
        records = {};
        auto key = service::api_keys::find_by_secret(session, hash);
        if (!key) throw Error(ErrorCode::invalid_api_key, "This API key is not known here.");
        records.key = std::move(*key);
        if (const auto id = parse_id<OrganizationNoun>(organization_id)) {
            records.organization = service::organizations::scope_of(session, *id);
        }
        if (records.organization) {
            records.credits = service::credits::remaining(session, records.organization->root_id, livemode);
        }
    });
    keep(hash_hex, organization_id, records, livemode);
    return records;
}

void Gate::keep(std::string_view hash_hex, const std::string& organization_id, const Records& records,
                bool livemode) {
    const auto seconds = seconds_to_keep(records.key);
    if (seconds == 0) return;
    auto& redis = stores_->redis();
    const auto name = key_name(hash_hex);
    const auto record = std::to_string(records.key.rate_limit_per_minute) + " " + to_text(records.key.id) +
                        " " + write_key_record(records.key);
    if (!redis.run(keep_script, {name, least_version_of(name)},
                   {record, std::to_string(seconds), std::to_string(records.key.version)}))
        return;
    if (!records.organization) return;
    const auto& scope = *records.organization;
    const auto organization = organization_name(organization_id);
    redis.run(keep_script, {organization, least_version_of(organization)},
              {to_text(scope.root_id) + " " + write_organization_record(scope),
               std::to_string(record_seconds), std::to_string(scope.version)});
    const auto credits = credits_name(scope.root_id, livemode);
    redis.command({"SET", credits, std::to_string(records.credits.value_or(0)), "EX",
                   std::to_string(record_seconds), "NX"});
}

namespace {

void refuse_rate(const RateLimit& rate, const Principal& principal) {
    if (rate.remaining >= 0) return;
    const auto seconds = rate.seconds_left;
    const bool is_of_key = rate.limit == principal.rate_limit_per_minute;
    Error error(
        ErrorCode::rate_limit_exceeded,
        (is_of_key ? "This API key made more than " : "All keys of this organization made more than ") +
            std::to_string(rate.limit) + " requests in a minute; try again in " + std::to_string(seconds) +
            " seconds.");
    error.retry_after(static_cast<int>(seconds));
    throw error;
}

Principal principal_of(const service::api_keys::ApiKeyRow& key) {
    return {key.id,          key.organization_id,  key.mode,
            key.permissions, key.include_children, key.rate_limit_per_minute,
            key.expires_at,  key.allowed_ips,      key.require_signature};
}

}  // namespace

Admission Gate::admit(const http::Request& request, const std::optional<std::string>& organization_id,
                      std::optional<RateLimit>& rate_limit) {
    const auto secret = bearer_of(request.authorization);
    if (!service::api_keys::is_well_formed(secret)) {
        throw Error(ErrorCode::invalid_api_key,
                    "This is not an API key, or it was mistyped: its checksum does not fit.");
    }
    const bool livemode = !secret.starts_with("cl_test_");
    const auto hash = service::api_keys::hash_of(secret);
    const auto hash_hex = to_hex(as_view(hash));
    const auto asked = organization_id.value_or("");
    auto records = ask_redis(hash_hex, asked, livemode);
    const bool is_organization_cold =
        records && organization_id && (!records->organization || !records->credits);
    // What changed while Redis was away is written there again within seconds;
    // until then the database is asked.
    const bool is_stale = redis::milliseconds_since_connect() < distrust_milliseconds;
    if (!records || is_organization_cold || is_stale) {
        auto loaded = load(hash, hash_hex, asked, livemode);
        loaded.rate_limit = records ? records->rate_limit : std::nullopt;
        if (!loaded.rate_limit) {
            if (const auto counted = ask_redis(hash_hex, asked, livemode))
                loaded.rate_limit = counted->rate_limit;
        }
        records = std::move(loaded);
    }
    const auto at = now();
    refuse_key(records->key, request.remote_address, at);
    Admission admission;
    admission.principal = principal_of(records->key);
    admission.rate_limit = records->rate_limit
                               ? *records->rate_limit
                               : local_counts().count(records->key.id, records->key.rate_limit_per_minute);
    rate_limit = admission.rate_limit;
    const auto signature = check_signature(records->key, request, at);
    refuse_rate(admission.rate_limit, admission.principal);
    if (signature) use_nonce(*stores_, records->key.id, *signature);
    admission.is_key_suspended = records->key.is_organization_suspended;
    admission.credits_remaining = records->credits;
    if (!organization_id) return admission;
    // An organization that the key does not see is answered like an absent one.
    if (!records->organization || !admission.principal.sees(*records->organization)) {
        throw Error(ErrorCode::resource_not_found, "There is no such organization.");
    }
    admission.organization = std::move(records->organization);
    return admission;
}

namespace {

void forget(Stores& stores, const std::string& name, std::int64_t version) {
    stores.redis().run(forget_script, {name, least_version_of(name)},
                       {std::to_string(version), least_version_seconds});
}

}  // namespace

void Gate::forget_secrets(Stores& stores, std::span<const service::api_keys::KeyVersion> secrets) {
    for (const auto& [hash, version] : secrets) forget(stores, key_name(to_hex(as_view(hash))), version);
}

void Gate::forget_organization(Stores& stores, const OrganizationId& id, std::int64_t version) {
    forget(stores, organization_name(to_text(id)), version);
}

void Gate::count_charge(Stores& stores, const OrganizationId& root_id, bool livemode, std::int64_t credits) {
    if (credits == 0) return;
    const auto name = credits_name(root_id, livemode);
    stores.redis().send({"EVAL", charge_script.source, "1", name, std::to_string(credits)});
}

// Waits for Redis, unlike a charge: whoever reads the reply asks the next program.
void Gate::count_grant(Stores& stores, const OrganizationId& root_id, bool livemode, std::int64_t credits) {
    stores.redis().run(charge_script, {credits_name(root_id, livemode)}, {std::to_string(-credits)});
}

}  // namespace crane::app
