// The one door into the journal. Nothing else inserts, changes or removes a
// line or a sum.
//
// Every function works within the caller's session and throws Error for a
// refusal; the caller rolls back then.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "shared/domain/posting.h"
#include "shared/service/scope.h"
#include "shared/store/accounts.h"

namespace crane::service::ledger {

// A transaction to be entered: its head, and legs whose accounts and balance
// have not been looked at yet.
struct Entry {
    domain::Transaction head;  // id may be set beforehand; lines empty
    std::vector<domain::LegRequest> legs;
    std::string path;  // where faults of it are in the body, "transactions[3]"
};

// Enters all entries, or those that nothing stands against. outcome[i] is the
// refusal of entries[i], or nullopt; what was entered is complete in
// `entered[i]`. With `dry_run` everything is decided and nothing is written.
enum class DryRun { no, yes };
struct EnterResult {
    std::vector<domain::Transaction> entered;
    std::vector<std::optional<Error>> refusals;
};
EnterResult enter(Scope& scope, const std::vector<Entry>& entries, DryRun dry_run = DryRun::no);
// The same for entries that came by different requests: scopes[i] is that of entries[i]. All of them share
// one session and one set of books; each event is noted in its own scope.
EnterResult enter_together(std::span<Scope* const> scopes, const std::vector<Entry>& entries);

// The same for one; throws its refusal.
domain::Transaction enter_one(Scope& scope, Entry entry);

// Any transaction, held. Throws resource_not_found.
domain::Transaction lock(Scope& scope, const TransactionId& id);
// One for which `action` is possible, held. Throws resource_not_found or invalid_state.
domain::Transaction lock_for(Scope& scope, const TransactionId& id, std::string_view action);

// Replaces a locked pending transaction's head and lines.
domain::Transaction replace(Scope& scope, const domain::Transaction& current, const Entry& entry);
void remove(Scope& scope, const TransactionId& id);
// Posts a pending transaction: its lines count from now on.
domain::Transaction post(Scope& scope, const TransactionId& id);
// A mirrored posted transaction; both are linked. Returns the new one.
domain::Transaction reverse(Scope& scope, const TransactionId& id, std::optional<Date> date,
                            const std::string& reason, const TransactionId& new_id);

// With lines and the currencies' decimals filled in.
std::optional<domain::Transaction> get(store::Session& session, const Books& books, const TransactionId& id);
void complete(store::Session& session, const Books& books, std::span<domain::Transaction> transactions);

// All-time balances of the accounts that a transaction touches.
std::vector<store::BalanceRow> balances_of(store::Session& session, const Books& books,
                                           const domain::Transaction& transaction);

}  // namespace crane::service::ledger
