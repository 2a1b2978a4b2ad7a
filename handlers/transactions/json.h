// Transactions on the wire.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/app/operation.h"
#include "shared/service/ledger.h"

namespace crane::transactions {

// `balances` is shown when it is given.
json::Value transaction_value(const service::Books& books, const domain::Transaction& transaction);
json::Value transaction_value(const service::Books& books, const domain::Transaction& transaction,
                              const std::vector<store::BalanceRow>& balances, store::Session& session);
// What a batch says of each transaction that it entered.
json::Value summary_value(const domain::Transaction& transaction);

// One transaction as a client sends it.
struct TransactionBody {
    json::Field<std::string> type;
    json::Field<std::string> status;
    json::Field<std::string> reference_number;
    json::Field<std::string> description;
    json::Field<Date> transaction_date;
    json::Field<Date> posting_date;
    json::Field<std::string> payment_method;
    json::Field<std::string> metadata;
    json::Field<std::string> idempotency_key;  // of a batch's item
    bool has_entries = false;
    std::vector<domain::LegRequest> legs;
    // The short form: both accounts and the amount, in place of entries.
    json::Field<AccountId> account_id;
    json::Field<AccountId> counter_account_id;
    std::optional<Money> amount;
    Currency currency;
    std::string path;
};

enum class BodyKind { create, change, item };
TransactionBody read_transaction(json::Reader& reader, app::Call& call, BodyKind kind);

// What the ledger is to enter. Looks up the organization's sales account where
// the short form leaves it out.
service::ledger::Entry entry_of(app::Call& call, const TransactionBody& body);
// The same for a change: what the body does not name stays as `current` has it.
service::ledger::Entry changed_entry(app::Call& call, const TransactionBody& body,
                                     const domain::Transaction& current);

}  // namespace crane::transactions
