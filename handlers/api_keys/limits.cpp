#include "handlers/api_keys/limits.h"

#include <algorithm>

#include "shared/base/ip_range.h"

namespace crane::api_keys {
namespace {

namespace api_keys = service::api_keys;

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorCode::insufficient_permissions, message);
}

std::vector<IpRange> ranges_of(const std::string& allowed_ips) {
    std::vector<IpRange> ranges;
    const auto document = json::parse(allowed_ips);
    document.root().for_each([&](json::View text) {
        if (const auto range = parse_ip_range(text.text())) ranges.push_back(*range);
    });
    return ranges;
}

void refuse_later_end(const app::Principal& maker, const api_keys::ApiKeyRow& key) {
    if (!maker.expires_at || (key.expires_at && *key.expires_at <= *maker.expires_at)) return;
    refuse("This API key expires at " + format_timestamp(*maker.expires_at) +
           ", so it cannot give another one longer.");
}

void refuse_other_addresses(const app::Principal& maker, const api_keys::ApiKeyRow& key) {
    if (maker.allowed_ips == "[]") return;
    const auto own = ranges_of(maker.allowed_ips);
    const auto asked = ranges_of(key.allowed_ips);
    const bool is_within = !asked.empty() && std::ranges::all_of(asked, [&](const IpRange& wanted) {
        return std::ranges::any_of(own, [&](const IpRange& given) { return contains(given, wanted); });
    });
    if (is_within) return;
    refuse("This API key works from some addresses only, so it cannot let another one work from more.");
}

void refuse_no_signature(const app::Principal& maker, const api_keys::ApiKeyRow& key) {
    if (!maker.require_signature || key.require_signature) return;
    refuse("This API key takes signed requests only, so it cannot let another one go without.");
}

}  // namespace

void inherit_bounds(const app::Principal& maker, api_keys::ApiKeyRow& key) {
    const auto most = api_keys::default_rate_limit(key.mode);
    key.rate_limit_per_minute = maker.is_operator() ? most : std::min(most, maker.rate_limit_per_minute);
    if (maker.is_operator()) return;
    key.expires_at = maker.expires_at;
    key.allowed_ips = maker.allowed_ips;
    key.require_signature = maker.require_signature;
}

void refuse_wider_reach(const app::Principal& maker, const api_keys::ApiKeyRow& key) {
    if (maker.is_operator()) return;
    if (!api_keys::covers(maker.permissions, key.permissions))
        refuse("A key cannot give permissions that it does not have itself.");
    if (key.include_children && !maker.include_children)
        refuse("A key that does not reach the organizations below cannot make one that does.");
    if (key.mode == "live" && maker.mode != "live") refuse("A test key makes test keys only.");
}

void refuse_fewer_bounds(const app::Principal& maker, const api_keys::ApiKeyRow& key) {
    if (maker.is_operator()) return;
    refuse_later_end(maker, key);
    refuse_other_addresses(maker, key);
    refuse_no_signature(maker, key);
}

void refuse_looser(const app::Principal& maker, const api_keys::ApiKeyRow& before, const KeyBody& body,
                   const api_keys::ApiKeyRow& key) {
    if (maker.is_operator()) return;
    if (!api_keys::covers(before.permissions, key.permissions)) refuse_fewer_bounds(maker, key);
    if (body.expires_at.is_given) refuse_later_end(maker, key);
    if (body.allowed_ips.is_given) refuse_other_addresses(maker, key);
    if (body.require_signature.is_given) refuse_no_signature(maker, key);
}

void refuse_rate_limit(const app::Principal& maker, const api_keys::ApiKeyRow& key) {
    if (maker.is_operator()) return;
    const auto most = api_keys::default_rate_limit(key.mode);
    if (key.rate_limit_per_minute > most) {
        throw faulty_field("rate_limit_per_minute",
                           "is above " + std::to_string(most) + ", which only an operator can give");
    }
    if (key.rate_limit_per_minute > maker.rate_limit_per_minute)
        refuse("A key cannot give a higher rate limit than its own, " +
               std::to_string(maker.rate_limit_per_minute) + " requests a minute.");
}

}  // namespace crane::api_keys
