#include "shared/service/credits.h"

#include "shared/base/error.h"
#include "shared/service/slots.h"
#include "shared/store/queries.h"

namespace crane::service::credits {
namespace {

struct SlotRow {
    int slot = 0;
    std::int64_t remaining = 0;
};

Error shortage(std::int64_t credits, std::int64_t total) {
    Error error(ErrorCode::insufficient_credits, "This costs " + std::to_string(credits) +
                                                     " credits and the pool has " + std::to_string(total) +
                                                     " left.");
    return error.with("credits_cost", std::to_string(credits))
        .with("credits_remaining", std::to_string(total));
}

// Evens the slots out so that `slot` can pay; all of them are held until the
// session ends. Rare: a slot runs dry only as often as its share is used up.
void level(Scope& scope, int slot, std::int64_t credits) {
    const auto& root = scope.books.root_id;
    const bool livemode = scope.books.livemode;
    std::vector<SlotRow> slots;
    std::int64_t total = 0;
    {
        auto rows = scope.session.query(sql::credits_lock_all, {root, livemode});
        while (rows.next()) {
            const int number = rows.small();
            slots.push_back({number, rows.integer()});
            total += slots.back().remaining;
        }
    }
    if (total < credits) throw shortage(credits, total);
    const auto rest = total - credits;
    const auto share = rest / static_cast<std::int64_t>(slots.size());
    for (const auto& row : slots) {
        auto target = share;
        if (row.slot == slot) target = rest - share * (static_cast<std::int64_t>(slots.size()) - 1);
        if (target != row.remaining)
            scope.session.execute(sql::credits_set_slot, {target, root, livemode, row.slot});
    }
}

}  // namespace

void open_pool(store::Session& session, const OrganizationId& root_id, bool livemode, std::int64_t credits) {
    session.execute(sql::credits_insert_pool, {root_id, livemode, credits});
    store::Values values;
    const auto share = credits / slot_count;
    for (int slot = 0; slot < slot_count; ++slot) {
        const auto part = slot == 0 ? credits - share * (slot_count - 1) : share;
        values.insert(values.end(), {root_id, livemode, slot, part});
    }
    session.insert_rows(sql::credits_insert_slots, 4, values);
}

std::int64_t remaining(store::Session& session, const OrganizationId& root_id, bool livemode) {
    auto rows = session.query(sql::credits_remaining, {root_id, livemode});
    rows.next();
    return rows.integer();
}

void refuse_shortage(const Scope& scope, std::int64_t credits) {
    const auto total = remaining(scope.session, scope.books.root_id, scope.books.livemode);
    if (total < credits) throw shortage(credits, total);
}

void add(store::Session& session, const OrganizationId& root_id, bool livemode, std::int64_t credits) {
    session.execute(sql::credits_add_granted, {credits, root_id, livemode});
    session.execute(sql::credits_add, {credits / slot_count, credits % slot_count, root_id, livemode});
}

void charge(Scope& scope, std::int64_t credits) {
    if (credits == 0) return;
    const int slot = Slots::of_credits().take(scope.session, scope.books.root_id.bytes);
    const auto charged = scope.session.execute(
        sql::credits_charge, {credits, scope.books.root_id, scope.books.livemode, slot, credits});
    if (charged == 0) level(scope, slot, credits);
}

}  // namespace crane::service::credits
