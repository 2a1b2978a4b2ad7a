#include "shared/service/credit_pools.h"

#include "shared/domain/credit_packages.h"
#include "shared/json/json.h"
#include "shared/service/credit_purchases.h"
#include "shared/service/organizations.h"
#include "shared/store/queries.h"

namespace crane::service::credit_pools {
namespace {

void note_low_balance(Scope& scope, const Pool& pool) {
    auto metadata = json::Value::object();
    metadata.set("credits_remaining", json::Value::integer(pool.remaining));
    metadata.set("low_balance_threshold", json::Value::integer(*pool.low_balance_threshold));
    scope.note("billing", to_text(scope.books.organization_id), "credits.low_balance", metadata.dump());
}

}  // namespace

Pool get(store::Session& session, const OrganizationId& root_id, bool livemode) {
    auto rows = session.query(sql::billing_pool, {root_id, livemode});
    Pool pool;
    if (!rows.next()) return pool;
    pool.granted = rows.integer();
    pool.remaining = rows.integer();
    pool.low_balance_threshold = rows.optional_integer();
    pool.billing_email = rows.text();
    pool.is_auto_recharge_enabled = rows.flag();
    pool.auto_recharge_package_id = rows.text();
    pool.is_low = rows.flag();
    pool.updated_at = rows.optional_timestamp();
    return pool;
}

Pool lock(store::Session& session, const OrganizationId& root_id, bool livemode) {
    session.query(sql::billing_lock_pool, {root_id, livemode}).next();
    return get(session, root_id, livemode);
}

void update(Scope& scope, Pool& pool, std::string changes) {
    const auto& books = scope.books;
    pool.updated_at = scope.at;
    scope.session.execute(
        sql::billing_update_pool,
        {pool.low_balance_threshold, pool.billing_email, pool.is_auto_recharge_enabled,
         pool.auto_recharge_package_id, pool.updated_at, books.organization_id, books.livemode});
    scope.note("billing", to_text(books.organization_id), "billing.updated", std::move(changes));
}

void settle(Scope& scope) {
    const auto& books = scope.books;
    const auto pool = get(scope.session, books.organization_id, books.livemode);
    const bool is_low = pool.is_below_threshold();
    if (is_low == pool.is_low) return;
    scope.session.execute(sql::billing_set_low, {is_low, books.organization_id, books.livemode});
    if (!is_low) return;
    note_low_balance(scope, pool);
    const auto* const package = domain::find_credit_package(pool.auto_recharge_package_id);
    if (!pool.is_auto_recharge_enabled || package == nullptr) return;
    if (!credit_purchases::has_automatic(scope)) credit_purchases::order_automatically(scope, *package);
}

std::optional<std::uint32_t> watch(store::Session& session, std::uint32_t books_id, Timestamp at) {
    std::uint32_t payers_books_id = 0;
    {
        auto rows = session.query(sql::billing_low_pool_of, {books_id});
        if (!rows.next()) return std::nullopt;
        payers_books_id = static_cast<std::uint32_t>(rows.integer());
    }
    Scope scope{session, *organizations::find_books(session, payers_books_id), {}, at};
    scope.actor.operation = "billing.watch";
    lock(session, scope.books.organization_id, scope.books.livemode);
    settle(scope);
    if (scope.events.empty()) return std::nullopt;
    write_events(scope, 0);
    return payers_books_id;
}

}  // namespace crane::service::credit_pools
