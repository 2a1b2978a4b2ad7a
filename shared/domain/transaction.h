// The journal's nouns: a transaction (journal entry) and its lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/date.h"
#include "shared/base/decimal.h"
#include "shared/base/id.h"
#include "shared/base/money.h"

namespace crane::domain {

enum class TransactionStatus : std::uint8_t { pending, posted, reversed };
std::string_view name_of(TransactionStatus status);

// One leg. `amount` is in `currency`; both amounts are signed, debit positive.
struct Line {
    AccountId account_id;
    Money amount;
    Currency currency;
    Money base_amount;
    Decimal exchange_rate{100000000, exchange_rate_scale};
    std::string description;
    std::string reference;
};

// What must hold of an account at the moment of posting, as the client asked.
struct Condition {
    std::optional<std::int64_t> expected_version;  // lines posted to the account before this one
    std::optional<Money> balance_at_least;         // net (debit less credit) afterwards
};

struct Transaction {
    TransactionId id;
    std::string type = "journal";
    TransactionStatus status = TransactionStatus::pending;
    std::string reference_number;
    std::string description;
    Date transaction_date;
    Date posting_date;
    Currency currency;
    Money total_debits;
    Money total_credits;
    std::optional<AccountId> account_id;
    std::optional<ContactId> contact_id;
    std::optional<CategoryId> category_id;
    std::optional<std::string> document_id;
    std::optional<std::string> document_type;
    std::string payment_method;
    bool is_reconciled = false;
    std::optional<TransactionId> reverses_id;
    std::optional<TransactionId> reversed_by_id;
    ApiKeyId created_by;
    std::string metadata = "{}";
    std::int64_t version = 1;
    std::optional<Timestamp> posted_at;
    Timestamp created_at;
    Timestamp updated_at;
    std::vector<Line> lines;
};

}  // namespace crane::domain
