#include "shared/service/event_numbering.h"

#include "shared/service/credit_pools.h"
#include "shared/service/credit_usage.h"
#include "shared/service/webhook_deliveries.h"
#include "shared/service/webhooks.h"
#include "shared/store/queries.h"

namespace crane::service::event_numbering {
namespace {

// The last number that was given, and up to which number credits are summed.
struct Sequence {
    std::int64_t last = 0;
    std::int64_t summed = 0;
};

std::optional<Sequence> lock_sequence(store::Session& session, std::uint32_t books_id) {
    auto rows = session.query(sql::events_lock_sequence, {books_id});
    if (!rows.next()) return std::nullopt;
    const auto last = rows.integer();
    return Sequence{last, rows.integer()};
}

std::int64_t greatest_sequence(store::Session& session, std::uint32_t books_id) {
    auto rows = session.query(sql::events_greatest_sequence, {books_id});
    rows.next();
    return rows.integer();
}

// A row for each event in (after, to] and each webhook that wants it.
std::size_t write_deliveries(store::Session& session, std::uint32_t books_id, std::int64_t after,
                             std::int64_t to, Timestamp at) {
    const auto listeners = webhooks::listening(session, books_id);
    if (listeners.empty()) return 0;
    std::vector<webhook_deliveries::NewDelivery> deliveries;
    {
        auto rows = session.query(sql::events_numbered, {books_id, after, to});
        while (rows.next()) {
            const auto event_id = rows.id<EventNoun>();
            const auto event_type = rows.text();
            if (event_type == webhooks::test_event_type) continue;  // meant for one webhook, which has it
            const auto happened_at = rows.timestamp();
            for (const auto& listener : listeners) {
                // What happened before the webhook was made is none of its business, though it is numbered
                // later.
                if (happened_at < listener.created_at) continue;
                if (webhooks::wants(listener.event_types, event_type))
                    deliveries.push_back({listener.id, event_id, event_type});
            }
        }
    }
    webhook_deliveries::insert(session, books_id, deliveries, at);
    return deliveries.size();
}

}  // namespace

Numbered number_some(store::Session& session, std::uint32_t books_id, const IdBytes& from, Timestamp at) {
    auto sequence = lock_sequence(session, books_id);
    if (!sequence) {
        session.execute(sql::events_begin_sequence, {books_id});
        sequence = lock_sequence(session, books_id);
    }
    const auto last = sequence->last;
    session.execute(sql::events_number, {books_id, from, books_id, last});
    const auto greatest = greatest_sequence(session, books_id);
    Numbered numbered{greatest - last};
    if (sequence->summed == greatest) return numbered;
    session.execute(sql::events_advance_sequence, {greatest, greatest, books_id});
    if (credit_usage::add_numbered(session, books_id, sequence->summed, greatest))
        numbered.told_books_id = credit_pools::watch(session, books_id, at);
    numbered.deliveries = write_deliveries(session, books_id, last, greatest, at);
    return numbered;
}

std::vector<std::uint32_t> books_to_number(store::Session& session, std::uint32_t after, std::uint32_t to,
                                           const IdBytes& from) {
    std::vector<std::uint32_t> books;
    auto rows = session.query(sql::events_unnumbered_books, {from, after, to});
    while (rows.next()) books.push_back(static_cast<std::uint32_t>(rows.integer()));
    return books;
}

std::uint32_t last_books(store::Session& session) {
    auto rows = session.query(sql::organizations_last_books, {});
    rows.next();
    return static_cast<std::uint32_t>(rows.integer());
}

}  // namespace crane::service::event_numbering
