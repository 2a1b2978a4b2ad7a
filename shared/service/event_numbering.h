// Numbers of events: gap-free in each set of books, given after the commit, so
// that no writer waits for another's number.
//
// A number that was given is never missing: whoever numbers holds the row of
// event_sequences, sees only what is committed, and commits the numbers with
// the deliveries that they cause, or none of it. An event that commits late gets
// a later number than those that are there already.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "shared/base/date.h"
#include "shared/base/id.h"
#include "shared/store/session.h"

namespace crane::service::event_numbering {

constexpr std::int64_t most_numbered = 1000;  // in one commit

struct Numbered {
    std::int64_t events = 0;
    std::size_t deliveries = 0;  // to webhooks
    // Other books in which an event was written: their payer's, whose credits
    // have become few.
    std::optional<std::uint32_t> told_books_id = std::nullopt;
};

// Numbers the oldest events without a number whose ids are not less than
// `from`, at most most_numbered, writes their deliveries and adds their credits
// to the sums of what was used. The caller commits.
Numbered number_some(store::Session& session, std::uint32_t books_id, const IdBytes& from, Timestamp at);

// The sets of books in (after, to] that have such an event, or one with a number
// whose credits are in no sum (an older version of this program numbered it).
std::vector<std::uint32_t> books_to_number(store::Session& session, std::uint32_t after, std::uint32_t to,
                                           const IdBytes& from);
std::uint32_t last_books(store::Session& session);

}  // namespace crane::service::event_numbering
