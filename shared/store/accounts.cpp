#include "shared/store/accounts.h"

#include <tuple>

#include "shared/store/queries.h"

namespace crane::store::accounts {

const ListDefinition& list_definition() {
    static const ListDefinition definition{
        .query = sql::accounts_list,
        .id_column = "a.id",
        .id_prefix = AccountNoun::prefix,
        .sorts = {{"created_at", "a.created_at", "accounts_by_created_at"},
                  {"code", "a.code", "accounts_by_code"},
                  {"name", "a.name", "accounts_by_name"}},
        .filters = {{"code", "a.code"},
                    {"name", "a.name"},
                    {.name = "type",
                     .column = "a.type",
                     .index = {"accounts_by_type", "a.created_at"},
                     .choices = {"asset", "liability", "equity", "revenue", "expense"}},
                    {.name = "subtype",
                     .column = "a.subtype",
                     .index = {"accounts_by_subtype", "a.created_at"}},
                    {.name = "is_active",
                     .column = "a.is_active",
                     .type = FieldType::flag,
                     .index = {"accounts_by_activity", "a.created_at"}},
                    {.name = "parent_id",
                     .column = "a.parent_id",
                     .type = FieldType::id,
                     .id_prefix = AccountNoun::prefix,
                     .index = {"accounts_by_parent", "a.created_at"}},
                    {.name = "currency_id",
                     .column = "a.currency_code",
                     .type = FieldType::currency,
                     .index = {"accounts_by_currency", "a.created_at"}},
                    {"created_at", "a.created_at", FieldType::timestamp, true}},
        .search_object = "account",
    };
    return definition;
}

const ListDefinition& activity_definition() {
    static const ListDefinition definition{
        .query = sql::accounts_activity,
        .id_column = "l.transaction_id",
        .id_prefix = TransactionNoun::prefix,
        .sorts = {{"posting_date", "l.posting_date", "transaction_lines_by_account"}},
        .is_default_descending = true,
        .filters = {{"posting_date", "l.posting_date", FieldType::date, true}},
    };
    return definition;
}

AccountRow read(Rows& rows) {
    AccountRow row;
    row.id = rows.id<AccountNoun>();
    row.name = rows.text();
    row.code = rows.text();
    row.type = rows.text();
    row.subtype = rows.text();
    row.currency_code = rows.text();
    row.description = rows.text();
    row.is_active = rows.flag();
    row.parent_id = rows.optional_id<AccountNoun>();
    row.is_system = rows.flag();
    row.metadata = rows.text();
    row.version = rows.integer();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    std::tie(row.debit, row.credit) = rows.wide_pair();
    return row;
}

ActivityRow read_activity(Rows& rows) {
    ActivityRow row;
    row.transaction_id = rows.id<TransactionNoun>();
    row.posting_date = rows.date();
    row.transaction_date = rows.date();
    row.description = rows.text();
    row.reference_number = rows.text();
    row.status = rows.text();
    std::tie(row.debit, row.credit) = rows.wide_pair();
    row.created_at = rows.timestamp();
    return row;
}

std::optional<AccountRow> get(Session& session, BooksId books_id, const AccountId& id) {
    auto rows = session.query(sql::accounts_get, {books_id, id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

bool lock(Session& session, BooksId books_id, const AccountId& id) {
    return session.query(sql::accounts_lock, {books_id, id}).next();
}

void insert(Session& session, BooksId books_id, std::span<const AccountRow> accounts) {
    constexpr std::size_t columns = 14;
    Values values;
    for (const auto& row : accounts) {
        values.insert(values.end(), {books_id, row.id, row.name, row.code, row.type, row.subtype,
                                     row.currency_code, row.description, row.is_active, row.parent_id,
                                     row.is_system, row.metadata, row.created_at, row.updated_at});
    }
    session.insert_rows(sql::accounts_insert, columns, values);
}

void update(Session& session, BooksId books_id, const AccountRow& row) {
    session.execute(sql::accounts_update, {row.name, row.code, row.subtype, row.description, row.is_active,
                                           row.parent_id, row.metadata, row.updated_at, books_id, row.id});
}

void remove(Session& session, BooksId books_id, const AccountId& id) {
    session.execute(sql::accounts_delete, {books_id, id});
}

bool is_posted_to(Session& session, BooksId books_id, const AccountId& id) {
    return session.query(sql::accounts_is_posted_to, {books_id, id}).next();
}

std::optional<Step> parent_of(Session& session, BooksId books_id, const AccountId& id) {
    auto rows = session.query(sql::accounts_parent, {books_id, id});
    if (!rows.next()) return std::nullopt;
    Step step;
    step.type = rows.text();
    step.parent_id = rows.optional_id<AccountNoun>();
    return step;
}

LockedAccounts lock_for_posting(Session& session, BooksId books_id, std::span<const AccountId> ids,
                                PostingLock kind) {
    const bool is_exclusive = kind == PostingLock::exclusive;
    const auto& query = is_exclusive ? sql::accounts_lock_for_conditions : sql::accounts_lock_for_posting;
    LockedAccounts locked;
    if (is_exclusive) {  // the accounts alone are held exclusively, not their organization
        auto rows = session.query(sql::organizations_closed_through, {books_id});
        if (rows.next()) locked.books_closed_through = rows.optional_date();
    }
    const Values before{books_id};
    const Values list(ids.begin(), ids.end());
    auto rows = session.query_list(query, before, list);
    while (rows.next()) {
        const auto id = rows.id<AccountNoun>();
        auto& facts = locked.accounts[id];
        facts.name = rows.text();
        facts.is_active = rows.flag();
        facts.currency_code = rows.text();
        if (!is_exclusive) locked.books_closed_through = rows.optional_date();
    }
    return locked;
}

std::vector<BalanceRow> balances(Session& session, BooksId books_id, std::span<const AccountId> ids) {
    const Values before{books_id};
    const Values list(ids.begin(), ids.end());
    std::vector<BalanceRow> balances;
    auto rows = session.query_list(sql::accounts_balances, before, list);
    while (rows.next()) {
        BalanceRow row;
        row.account_id = rows.id<AccountNoun>();
        row.currency_code = rows.text();
        row.debit = rows.wide();
        row.credit = rows.wide();
        row.version = rows.integer();
        balances.push_back(std::move(row));
    }
    return balances;
}

namespace {

BalanceRow read_sums(Rows rows, const AccountId& id) {
    rows.next();
    BalanceRow row;
    row.account_id = id;
    row.debit = rows.wide();
    row.credit = rows.wide();
    row.version = rows.integer();
    return row;
}

}  // namespace

BalanceRow balance_as_of(Session& session, BooksId books_id, const AccountId& id, Date as_of) {
    const auto month = first_of_month(as_of);
    return read_sums(
        session.query(sql::accounts_balance_as_of, {books_id, id, month, books_id, id, month, as_of}), id);
}

BalanceRow balance_known_at(Session& session, BooksId books_id, const AccountId& id, Date as_of,
                            Timestamp known_at) {
    return read_sums(session.query(sql::accounts_balance_known_at, {books_id, id, as_of, known_at}), id);
}

Wide activity_of_day(Session& session, BooksId books_id, const AccountId& id, Date day,
                     const TransactionId& last) {
    auto rows = session.query(sql::accounts_activity_before, {books_id, id, day, last});
    rows.next();
    return rows.wide();
}

}  // namespace crane::store::accounts
