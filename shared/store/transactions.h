// Rows of the journal and the sums over them. Only service/ledger writes here.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "shared/domain/transaction.h"
#include "shared/store/accounts.h"
#include "shared/store/list_query.h"
#include "shared/store/session.h"

namespace crane::store {

// What posted lines add to one account on one day.
struct SumAddition {
    AccountId account_id;
    Date day;
    int slot = 0;
    Money debit;
    Money credit;
    Money base_debit;
    Money base_credit;
    std::int64_t line_count = 0;
};

namespace transactions {

const ListDefinition& list_definition();
// The header; lines come by load_lines. Currencies carry their code only, so
// the caller fills in the decimals.
domain::Transaction read(Rows& rows);

std::optional<domain::Transaction> get(Session& session, BooksId books_id, const TransactionId& id);
std::optional<domain::Transaction> lock(Session& session, BooksId books_id, const TransactionId& id);
void load_lines(Session& session, BooksId books_id, std::span<domain::Transaction> transactions);

void insert(Session& session, BooksId books_id, std::span<const domain::Transaction> transactions);
void insert_lines(Session& session, BooksId books_id, std::span<const domain::Transaction> transactions);
void update(Session& session, BooksId books_id, const domain::Transaction& row);
void remove(Session& session, BooksId books_id, const TransactionId& id);
void remove_lines(Session& session, BooksId books_id, const TransactionId& id);
void mark_posted(Session& session, BooksId books_id, const TransactionId& id, Timestamp at);
void mark_reversed(Session& session, BooksId books_id, const TransactionId& id, const TransactionId& by,
                   Timestamp at);

// Adds to the all-time, month and day sums; `additions` in account order.
void add_sums(Session& session, BooksId books_id, std::span<const SumAddition> additions);

}  // namespace transactions
}  // namespace crane::store
