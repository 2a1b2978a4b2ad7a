// The rules of posting, pure: facts in, a refusal or nothing out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "shared/base/error.h"
#include "shared/domain/transaction.h"

namespace crane::domain {

struct AccountFacts {
    std::string name;  // for messages
    bool is_active = true;
    std::string currency_code;
};

// An account's posted sums at the moment of deciding.
struct BalanceFacts {
    Wide net = 0;
    std::int64_t version = 0;
};

struct PostingFacts {
    Currency base_currency;
    std::optional<Date> books_closed_through;
    std::unordered_map<AccountId, AccountFacts> accounts;
};

// One leg as a client asks for it: a base amount or a rate may be missing.
struct LegRequest {
    AccountId account_id;
    Money amount;  // signed, not zero
    Currency currency;
    std::optional<Money> base_amount;  // signed like amount
    std::optional<Decimal> exchange_rate;
    std::string description;
    std::string reference;
    Condition condition;
};

// Legs turned into lines that balance, with the totals of the whole.
struct Balanced {
    std::vector<Line> lines;
    Currency currency;  // the legs' one currency, or base when they are mixed
    Money total;        // debits, equal to credits
};

// Either is set, never both.
struct BalanceOutcome {
    std::optional<Balanced> balanced;
    std::optional<Error> refusal;
};

// Fills in base amounts and checks that debits equal credits: in the one
// currency of all legs, or in each currency, or else in base. A rounding
// difference of rated base amounts (at most one minor unit a leg) goes to the
// largest leg, so that base always balances exactly.
BalanceOutcome balance(std::span<const LegRequest> legs, const Currency& base);

// What may stand in the way of a transaction whose lines balance. In order:
// the first rule that refuses is the answer.
struct PostingRule {
    std::string_view name;
    std::optional<Error> (*check)(const Transaction&, const PostingFacts&);
};
std::span<const PostingRule> posting_rules();
std::optional<Error> check_posting(const Transaction& transaction, const PostingFacts& facts);

// A client's conditions on one account. `after` includes this transaction.
std::optional<Error> check_condition(const Condition& condition, const std::string& account_name,
                                     const Currency& currency, const BalanceFacts& before, Wide after);

// The mirror of `original`, dated `date`: a new posted transaction.
Transaction reversal_of(const Transaction& original, Date date, const std::string& reason);

// What may be done with a transaction in a state, and where it leads. The
// documentation's picture is made from this table.
struct StatusChange {
    TransactionStatus from;
    std::string_view action;
    TransactionStatus to;
};
std::span<const StatusChange> status_changes();
// Error{invalid_state} when `action` is not possible from `from`.
std::optional<Error> check_action(TransactionStatus from, std::string_view action);

}  // namespace crane::domain
