// What was charged, by day, operation or key.
//
// Sums are kept on write, but not by who is charged: events are added to them in
// the commit that gives them their numbers. Those without a number yet are added
// by whoever asks, in one statement and so of one moment. Hence the figures are
// exact at any time, nobody waits for a sum, and no event is read twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shared/service/scope.h"

namespace crane::service::credit_usage {

// Days in UTC, both included.
struct Range {
    Date from;
    Date to;
};

struct Charges {
    std::string group;  // "2026-01-31", "accounts.create", or a key's 32 hexadecimal digits
    std::int64_t credits = 0;
    std::int64_t charge_count = 0;
};

// Whose charges: the organization's own, or also those of all below it.
enum class Reach : std::uint8_t { itself, all_below };

// `grouping` is day, operation or key. In the order of their groups.
std::vector<Charges> sums(store::Session& session, const OrganizationId& organization_id, Reach reach,
                          bool livemode, const Range& range, std::string_view grouping);

struct KeyName {
    ApiKeyId id;
    std::string name;
};
// Of those that belong to the organizations in reach.
std::vector<KeyName> key_names(store::Session& session, const OrganizationId& organization_id, Reach reach,
                               const std::vector<ApiKeyId>& ids);

// Adds the charges of the events with numbers in (after, to] to the sums; false
// when none of them was charged.
bool add_numbered(store::Session& session, std::uint32_t books_id, std::int64_t after, std::int64_t to);

}  // namespace crane::service::credit_usage
