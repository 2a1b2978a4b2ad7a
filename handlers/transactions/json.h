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
    json::Field<ContactId> contact_id;
    json::Field<CategoryId> category_id;
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

    bool is_short() const { return !has_entries && amount.has_value(); }
};

enum class BodyKind { create, change, item };
TransactionBody read_transaction(json::Reader& reader, app::Call& call, BodyKind kind);

// Of all that was read; entry_of and changed_entry ask it for what the bodies name.
class References;

// What the ledger is to enter, with what is wrong with it.
service::ledger::Entry entry_of(const TransactionBody& body, const References& references);
// The same for a change: what the body does not name stays as `current` has it.
service::ledger::Entry changed_entry(const TransactionBody& body, const domain::Transaction& current,
                                     const References& references);
// The category that a change does not name, where it has to fit the changed type, or tells the account of the
// short form: names it in the body, so that it is looked up.
void name_kept_category(TransactionBody& body, const domain::Transaction& current);

}  // namespace crane::transactions
