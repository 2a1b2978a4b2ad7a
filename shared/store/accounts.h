// Rows of accounts and their sums.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared/domain/posting.h"
#include "shared/store/list_query.h"
#include "shared/store/session.h"

namespace crane::store {

using BooksId = std::uint32_t;

struct AccountRow {
    AccountId id;
    std::string name;
    std::string code;  // empty: none
    std::string type;
    std::string subtype;
    std::string currency_code;
    std::string description;
    bool is_active = true;
    std::optional<AccountId> parent_id;
    bool is_system = false;
    std::string metadata = "{}";
    std::int64_t version = 1;
    Timestamp created_at;
    Timestamp updated_at;
    Wide debit = 0;  // all-time sums of posted lines
    Wide credit = 0;
};

struct BalanceRow {
    AccountId account_id;
    std::string currency_code;
    Wide debit = 0;
    Wide credit = 0;
    std::int64_t version = 0;

    Wide net() const { return debit - credit; }
};

// What an account's balance was made of: one posted transaction.
struct ActivityRow {
    TransactionId transaction_id;
    Date posting_date;
    Date transaction_date;
    std::string description;
    std::string reference_number;
    std::string status;
    Wide debit = 0;
    Wide credit = 0;
    Timestamp created_at;
};

namespace accounts {

const ListDefinition& list_definition();
const ListDefinition& activity_definition();
AccountRow read(Rows& rows);
ActivityRow read_activity(Rows& rows);

std::optional<AccountRow> get(Session& session, BooksId books_id, const AccountId& id);
// Holds the row until the session ends; false if there is none.
bool lock(Session& session, BooksId books_id, const AccountId& id);
void insert(Session& session, BooksId books_id, std::span<const AccountRow> accounts);
void update(Session& session, BooksId books_id, const AccountRow& row);
void remove(Session& session, BooksId books_id, const AccountId& id);
bool is_posted_to(Session& session, BooksId books_id, const AccountId& id);
// What a walk up the accounts needs to know of each.
struct Step {
    std::string type;
    std::optional<AccountId> parent_id;
};
std::optional<Step> parent_of(Session& session, BooksId books_id, const AccountId& id);

enum class PostingLock { shared, exclusive };
struct LockedAccounts {
    std::unordered_map<AccountId, domain::AccountFacts> accounts;
    std::optional<Date> books_closed_through;
};
// Locks in id order. Absent accounts are absent from the result.
LockedAccounts lock_for_posting(Session& session, BooksId books_id, std::span<const AccountId> ids,
                                PostingLock kind);

std::vector<BalanceRow> balances(Session& session, BooksId books_id, std::span<const AccountId> ids);
BalanceRow balance_as_of(Session& session, BooksId books_id, const AccountId& id, Date as_of);
BalanceRow balance_known_at(Session& session, BooksId books_id, const AccountId& id, Date as_of,
                            Timestamp known_at);
// The net of one day's lines up to and with `last`, in the order of lists.
Wide activity_of_day(Session& session, BooksId books_id, const AccountId& id, Date day,
                     const TransactionId& last);

}  // namespace accounts
}  // namespace crane::store
