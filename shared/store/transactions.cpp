#include "shared/store/transactions.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "shared/store/queries.h"

namespace crane::store::transactions {
namespace {

domain::TransactionStatus status_of(std::string_view name) {
    using enum domain::TransactionStatus;
    if (name == "posted") return posted;
    return name == "reversed" ? reversed : pending;
}

}  // namespace

const ListDefinition& list_definition() {
    static const Membership touching{sql::transactions_touching, sql::transactions_touches,
                                     "l.transaction_id"};
    static const ListDefinition definition{
        .query = sql::transactions_list,
        .id_column = "t.id",
        .id_prefix = TransactionNoun::prefix,
        .sorts = {{"created_at", "t.created_at", "transactions_by_created_at"},
                  {"transaction_date", "t.transaction_date", "transactions_by_transaction_date"},
                  {"posting_date", "t.posting_date", "transactions_by_posting_date"}},
        .filters = {{.name = "status",
                     .column = "t.status",
                     .index = {"transactions_by_status", "t.created_at"},
                     .choices = {"pending", "posted", "reversed"}},
                    {.name = "type",
                     .column = "t.type",
                     .index = {"transactions_by_type", "t.created_at"},
                     .choices = {"journal", "income", "expense", "transfer"}},
                    {.name = "reference_number",
                     .column = "t.reference_number",
                     .index = {"transactions_by_reference_number", "t.created_at"}},
                    {.name = "account_id",
                     .column = nullptr,
                     .type = FieldType::id,
                     .id_prefix = AccountNoun::prefix,
                     .membership = &touching},
                    {.name = "currency_id",
                     .column = "t.currency_code",
                     .type = FieldType::currency,
                     .index = {"transactions_by_currency", "t.created_at"}},
                    {"transaction_date", "t.transaction_date", FieldType::date, true},
                    {"posting_date", "t.posting_date", FieldType::date, true},
                    {"created_at", "t.created_at", FieldType::timestamp, true}},
        .search_object = "transaction",
    };
    return definition;
}

domain::Transaction read(Rows& rows) {
    domain::Transaction row;
    row.id = rows.id<TransactionNoun>();
    row.type = rows.text();
    row.status = status_of(rows.text());
    row.reference_number = rows.text();
    row.description = rows.text();
    row.transaction_date = rows.date();
    row.posting_date = rows.date();
    row.currency.code = rows.text();
    row.total_debits = {rows.integer()};
    row.total_credits = {rows.integer()};
    row.account_id = rows.optional_id<AccountNoun>();
    row.contact_id = rows.optional_id<ContactNoun>();
    row.category_id = rows.optional_id<CategoryNoun>();
    row.document_id = rows.optional_text();
    row.document_type = rows.optional_text();
    row.payment_method = rows.text();
    row.is_reconciled = rows.flag();
    row.reverses_id = rows.optional_id<TransactionNoun>();
    row.reversed_by_id = rows.optional_id<TransactionNoun>();
    row.created_by = rows.id<ApiKeyNoun>();
    row.metadata = rows.text();
    row.version = rows.integer();
    row.posted_at = rows.optional_timestamp();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

namespace {

std::optional<domain::Transaction> read_whole(Session& session, BooksId books_id, Rows rows) {
    if (!rows.next()) return std::nullopt;
    std::array<domain::Transaction, 1> found{read(rows)};
    { const Rows ended = std::move(rows); }  // one result at a time
    load_lines(session, books_id, found);
    return std::move(found[0]);
}

}  // namespace

std::optional<domain::Transaction> get(Session& session, BooksId books_id, const TransactionId& id) {
    return read_whole(session, books_id, session.query(sql::transactions_get, {books_id, id}));
}

std::optional<domain::Transaction> lock(Session& session, BooksId books_id, const TransactionId& id) {
    return read_whole(session, books_id, session.query(sql::transactions_lock, {books_id, id}));
}

void load_lines(Session& session, BooksId books_id, std::span<domain::Transaction> transactions) {
    if (transactions.empty()) return;
    std::unordered_map<TransactionId, domain::Transaction*> by_id;
    Values list;
    for (auto& transaction : transactions) {
        by_id[transaction.id] = &transaction;
        list.emplace_back(transaction.id);
    }
    const Values before{books_id};
    auto rows = session.query_list(sql::transactions_lines, before, list);
    while (rows.next()) {
        auto& lines = by_id.at(rows.id<TransactionNoun>())->lines;
        domain::Line line;
        line.account_id = rows.id<AccountNoun>();
        line.amount = {rows.integer()};
        line.currency.code = rows.text();
        line.base_amount = {rows.integer()};
        line.exchange_rate = {rows.integer(), exchange_rate_scale};
        line.description = rows.text();
        line.reference = rows.text();
        lines.push_back(std::move(line));
    }
}

void insert(Session& session, BooksId books_id, std::span<const domain::Transaction> transactions) {
    constexpr std::size_t columns = 24;
    Values values;
    values.reserve(transactions.size() * columns);
    for (const auto& row : transactions) {
        const Value content[columns] = {books_id,
                                        row.id,
                                        row.type,
                                        domain::name_of(row.status),
                                        row.reference_number,
                                        row.description,
                                        row.transaction_date,
                                        row.posting_date,
                                        row.currency.code,
                                        row.total_debits,
                                        row.total_credits,
                                        static_cast<std::int64_t>(row.lines.size()),
                                        row.account_id,
                                        row.contact_id,
                                        row.category_id,
                                        row.document_id,
                                        row.document_type,
                                        row.payment_method,
                                        row.reverses_id,
                                        row.created_by,
                                        row.metadata,
                                        row.posted_at,
                                        row.created_at,
                                        row.updated_at};
        values.insert(values.end(), std::begin(content), std::end(content));
    }
    session.insert_rows(sql::transactions_insert, columns, values);
}

void insert_lines(Session& session, BooksId books_id, std::span<const domain::Transaction> transactions) {
    constexpr std::size_t columns = 12;
    Values values;
    values.reserve(transactions.size() * 2 * columns);
    for (const auto& transaction : transactions) {
        int position = 0;
        for (const auto& line : transaction.lines) {
            const Value content[columns] = {
                books_id,           transaction.id,           position++,
                line.account_id,    transaction.posting_date, line.amount,
                line.currency.code, line.base_amount,         line.exchange_rate.digits,
                line.description,   line.reference,           transaction.posted_at};
            values.insert(values.end(), std::begin(content), std::end(content));
        }
    }
    session.insert_rows(sql::transactions_insert_lines, columns, values);
}

void update(Session& session, BooksId books_id, const domain::Transaction& row) {
    session.execute(
        sql::transactions_update,
        {row.type, row.reference_number, row.description, row.transaction_date, row.posting_date,
         row.currency.code, row.total_debits, row.total_credits, static_cast<std::int64_t>(row.lines.size()),
         row.account_id, row.payment_method, row.metadata, row.updated_at, books_id, row.id});
}

void remove(Session& session, BooksId books_id, const TransactionId& id) {
    session.execute(sql::transactions_delete, {books_id, id});
}

void remove_lines(Session& session, BooksId books_id, const TransactionId& id) {
    session.execute(sql::transactions_delete_lines, {books_id, id});
}

void mark_posted(Session& session, BooksId books_id, const TransactionId& id, Timestamp at) {
    session.execute(sql::transactions_post, {at, at, books_id, id});
    session.execute(sql::transactions_post_lines, {at, books_id, id});
}

void mark_reversed(Session& session, BooksId books_id, const TransactionId& id, const TransactionId& by,
                   Timestamp at) {
    session.execute(sql::transactions_mark_reversed, {by, at, books_id, id});
}

void add_sums(Session& session, BooksId books_id, std::span<const SumAddition> additions) {
    constexpr std::size_t columns = 10;
    struct Level {
        int number;
        Date (*period)(Date);
    };
    static constexpr Date all_time{-354285};  // 1000-01-01, the least date that both servers keep
    const std::array<Level, 3> levels{{{0, [](Date) { return all_time; }},
                                       {1, [](Date day) { return first_of_month(day); }},
                                       {2, [](Date day) { return day; }}}};
    Values values;
    values.reserve(additions.size() * levels.size() * columns);
    for (const auto& level : levels) {
        for (const auto& sum : additions) {
            const Value content[columns] = {
                books_id,  level.number, level.period(sum.day), sum.account_id,  sum.slot,
                sum.debit, sum.credit,   sum.base_debit,        sum.base_credit, sum.line_count};
            values.insert(values.end(), std::begin(content), std::end(content));
        }
    }
    session.insert_rows(sql::sums_add, columns, values);
}

}  // namespace crane::store::transactions
