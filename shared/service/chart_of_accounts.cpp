#include "shared/service/chart_of_accounts.h"

#include "shared/base/error.h"
#include "shared/service/currencies.h"
#include "shared/service/search.h"
#include "shared/service/settings.h"

namespace crane::service::chart_of_accounts {
namespace {

constexpr int most_levels = 20;

void apply(store::AccountRow& row, const AccountChange& change) {
    if (change.name) row.name = *change.name;
    if (change.code) row.code = *change.code;
    if (change.subtype) row.subtype = *change.subtype;
    if (change.description) row.description = *change.description;
    if (change.is_active) row.is_active = *change.is_active;
    if (change.parent_id) row.parent_id = *change.parent_id;
    if (change.metadata) row.metadata = *change.metadata;
}

// The parent is an account of these books, and not below the account itself.
void refuse_parent(Scope& scope, const store::AccountRow& row) {
    auto above = row.parent_id;
    for (int level = 0; above; ++level) {
        if (*above == row.id) throw faulty_field("parent_id", "would put the account below itself");
        if (level == most_levels) throw faulty_field("parent_id", "would nest accounts more than 20 deep");
        const auto parent = store::accounts::parent_of(scope.session, scope.books.books_id, *above);
        if (!parent) throw faulty_field("parent_id", "is not an account of this organization");
        if (parent->type != row.type) throw faulty_field("parent_id", "is an account of another type");
        above = parent->parent_id;
    }
}

void note(Scope& scope, const AccountId& id, const char* what, std::string metadata = "{}") {
    scope.note("account", to_text(id), std::string("account.") + what, std::move(metadata));
}

}  // namespace

store::AccountRow create(Scope& scope, store::AccountRow row, const AccountChange& change,
                         const std::optional<std::string>& currency_id) {
    apply(row, change);
    row.currency_code = scope.books.base_currency.code;
    if (currency_id) {
        const auto currency = currencies::find(scope.session, currencies::code_of(*currency_id));
        if (!currency) throw faulty_field("currency_id", "is not a currency");
        row.currency_code = currency->code;
    }
    refuse_parent(scope, row);
    row.created_at = row.updated_at = scope.at;
    store::accounts::insert(scope.session, scope.books.books_id, std::span(&row, 1));
    search::add_rows(scope.session, scope.books.books_id, search::account,
                     std::span<const store::AccountRow>(&row, 1));
    note(scope, row.id, "created");
    return row;
}

store::AccountRow lock(Scope& scope, const AccountId& id) {
    const auto books_id = scope.books.books_id;
    auto row = store::accounts::lock(scope.session, books_id, id)
                   ? store::accounts::get(scope.session, books_id, id)
                   : std::nullopt;
    if (!row) throw Error(ErrorCode::resource_not_found, "There is no such account.");
    return std::move(*row);
}

store::AccountRow update(Scope& scope, const AccountId& id, const AccountChange& change) {
    auto row = lock(scope, id);
    if (change.is_active == false &&
        (row.is_system || settings::has_role(scope.session, scope.books.books_id, id))) {
        throw Error(ErrorCode::account_in_use, "The settings give this account a role; it stays active.");
    }
    apply(row, change);
    if (change.parent_id) refuse_parent(scope, row);
    row.updated_at = scope.at;
    ++row.version;
    store::accounts::update(scope.session, scope.books.books_id, row);
    search::change(scope.session, scope.books.books_id, search::account, search::findable(row));
    note(scope, id, "updated");
    return row;
}

void remove(Scope& scope, const AccountId& id) {
    const auto row = lock(scope, id);
    if (row.is_system || settings::has_role(scope.session, scope.books.books_id, id)) {
        throw Error(ErrorCode::account_in_use, "The settings give this account a role; it is not deleted.");
    }
    if (store::accounts::is_posted_to(scope.session, scope.books.books_id, id)) {
        throw Error(ErrorCode::account_in_use, "Transactions use this account; make it inactive instead.");
    }
    store::accounts::remove(scope.session, scope.books.books_id, id);
    search::remove(scope.session, scope.books.books_id, search::account, id.bytes);
    note(scope, id, "deleted");
}

std::optional<store::BalanceRow> balance(store::Session& session, const Books& books, const AccountId& id,
                                         std::optional<Date> as_of, std::optional<Timestamp> known_at) {
    constexpr Date last_day{2932896};  // 9999-12-31
    const AccountId ids[] = {id};
    const auto all_time = store::accounts::balances(session, books.books_id, ids);
    if (all_time.empty()) return std::nullopt;
    if (!as_of && !known_at) return all_time.front();
    auto row = known_at ? store::accounts::balance_known_at(session, books.books_id, id,
                                                            as_of.value_or(last_day), *known_at)
                        : store::accounts::balance_as_of(session, books.books_id, id, *as_of);
    row.currency_code = all_time.front().currency_code;
    return row;
}

std::vector<Wide> running_balances(store::Session& session, const Books& books,
                                   const store::AccountRow& account,
                                   const std::vector<store::ActivityRow>& rows) {
    std::vector<Wide> balances(rows.size());
    if (rows.empty()) return balances;
    const bool is_descending = rows.front().posting_date > rows.back().posting_date ||
                               (rows.front().posting_date == rows.back().posting_date &&
                                rows.back().transaction_id < rows.front().transaction_id);
    // Start from the page's oldest row: all days before its day, and its day up to it.
    const auto& oldest = is_descending ? rows.back() : rows.front();
    const auto before = store::accounts::balance_as_of(session, books.books_id, account.id,
                                                       Date{oldest.posting_date.days - 1});
    const auto of_day = store::accounts::activity_of_day(session, books.books_id, account.id,
                                                         oldest.posting_date, oldest.transaction_id);
    Wide balance = before.net() + of_day;
    for (std::size_t step = 0; step < rows.size(); ++step) {
        const auto i = is_descending ? rows.size() - 1 - step : step;
        if (step > 0) balance += rows[i].debit - rows[i].credit;
        balances[i] = balance;
    }
    return balances;
}

}  // namespace crane::service::chart_of_accounts
