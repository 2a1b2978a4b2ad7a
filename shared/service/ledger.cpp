#include "shared/service/ledger.h"

#include <algorithm>
#include <map>
#include <set>

#include "shared/service/currencies.h"
#include "shared/service/search.h"
#include "shared/service/slots.h"
#include "shared/store/transactions.h"

namespace crane::service::ledger {
namespace {

using domain::Transaction;
using domain::TransactionStatus;

bool has_conditions(const std::vector<Entry>& entries) {
    return std::ranges::any_of(entries, [](const Entry& entry) {
        return std::ranges::any_of(entry.legs, [](const domain::LegRequest& leg) {
            return leg.condition.expected_version || leg.condition.balance_at_least;
        });
    });
}

// Facts about every account that the entries name, locked in id order.
struct Facts {
    domain::PostingFacts posting;
    std::map<AccountId, domain::BalanceFacts> balances;  // filled when conditions ask
};

Facts load_facts(Scope& scope, const std::set<AccountId>& ids, bool is_conditional) {
    const std::vector<AccountId> list(ids.begin(), ids.end());
    const auto kind =
        is_conditional ? store::accounts::PostingLock::exclusive : store::accounts::PostingLock::shared;
    auto locked = store::accounts::lock_for_posting(scope.session, scope.books.books_id, list, kind);
    Facts facts;
    facts.posting.base_currency = scope.books.base_currency;
    facts.posting.books_closed_through = locked.books_closed_through;
    facts.posting.accounts = std::move(locked.accounts);
    if (!is_conditional) return facts;
    for (const auto& row : store::accounts::balances(scope.session, scope.books.books_id, list)) {
        facts.balances[row.account_id] = {row.net(), row.version};
    }
    return facts;
}

// Unknown accounts, all of them at once. An account of another organization
// is unknown here.
std::optional<Error> unknown_accounts(const Entry& entry, const Facts& facts) {
    std::vector<Fault> faults;
    for (std::size_t i = 0; i < entry.legs.size(); ++i) {
        if (facts.posting.accounts.contains(entry.legs[i].account_id)) continue;
        const auto prefix = entry.path.empty() ? "" : entry.path + ".";
        faults.push_back({prefix + "entries[" + std::to_string(i) + "].account_id",
                          "is not an account of this organization"});
    }
    if (faults.empty()) return std::nullopt;
    return Error(std::move(faults));
}

std::optional<Error> check_conditions(const Entry& entry, const Transaction& transaction, Facts& facts) {
    if (facts.balances.empty() || transaction.status == TransactionStatus::pending) return std::nullopt;
    auto after = facts.balances;
    for (const auto& line : transaction.lines) {
        auto& balance = after[line.account_id];
        balance.net += line.amount.minor_units;
        ++balance.version;
    }
    for (const auto& leg : entry.legs) {
        auto refusal =
            domain::check_condition(leg.condition, facts.posting.accounts.at(leg.account_id).name,
                                    leg.currency, facts.balances[leg.account_id], after[leg.account_id].net);
        if (refusal) return refusal;
    }
    facts.balances = std::move(after);
    return std::nullopt;
}

// Decides one entry. On success `transaction` is ready to be written.
std::optional<Error> decide(const Scope& scope, const Entry& entry, Facts& facts, Transaction& transaction) {
    if (auto refusal = unknown_accounts(entry, facts)) return refusal;
    auto outcome = domain::balance(entry.legs, scope.books.base_currency);
    if (outcome.refusal) return outcome.refusal;
    transaction = entry.head;
    transaction.lines = std::move(outcome.balanced->lines);
    transaction.currency = outcome.balanced->currency;
    transaction.total_debits = outcome.balanced->total;
    transaction.total_credits = outcome.balanced->total;
    if (auto refusal = domain::check_posting(transaction, facts.posting)) return refusal;
    return check_conditions(entry, transaction, facts);
}

// Adds lines up by account and day; throws amount_overflow.
class SumsOfLines {
public:
    void add_lines(const Transaction& transaction) {
        for (const auto& line : transaction.lines) {
            auto& sum = sums_[{line.account_id, transaction.posting_date}];
            const bool is_debit = line.amount.minor_units > 0;
            grow(is_debit ? sum.debit : sum.credit, is_debit ? line.amount : -line.amount);
            const bool is_base_debit = line.base_amount.minor_units > 0;
            grow(is_base_debit ? sum.base_debit : sum.base_credit,
                 is_base_debit ? line.base_amount : -line.base_amount);
            ++sum.line_count;
        }
    }

    void write(Scope& scope) {
        std::vector<store::SumAddition> additions;
        std::optional<AccountId> last;
        int slot = 0;
        for (auto& [key, sum] : sums_) {
            if (last != key.first) slot = Slots::of_sums().take(scope.session, key.first.bytes);
            last = key.first;
            sum.account_id = key.first;
            sum.day = key.second;
            sum.slot = slot;
            additions.push_back(sum);
        }
        store::transactions::add_sums(scope.session, scope.books.books_id, additions);
    }

private:
    static void grow(Money& sum, Money amount) {
        const auto grown = add(sum, amount);
        if (!grown)
            throw Error(ErrorCode::amount_overflow,
                        "The amounts of one account add up to more than 19 digits.");
        sum = *grown;
    }

    std::map<std::pair<AccountId, Date>, store::SumAddition> sums_;
};

void note(Scope& scope, const Transaction& transaction, std::string_view what, std::string metadata = "{}") {
    scope.note("transaction", to_text(transaction.id), "transaction." + std::string(what),
               std::move(metadata));
}

// scopes[i] is whose event transactions[i] becomes.
void write(std::span<Scope* const> scopes, std::span<const Transaction> transactions) {
    auto& scope = *scopes.front();
    store::transactions::insert(scope.session, scope.books.books_id, transactions);
    store::transactions::insert_lines(scope.session, scope.books.books_id, transactions);
    search::add_rows(scope.session, scope.books.books_id, search::transaction, transactions);
    SumsOfLines sums;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        const bool is_posted = transactions[i].status == TransactionStatus::posted;
        if (is_posted) sums.add_lines(transactions[i]);
        note(*scopes[i], transactions[i], is_posted ? "posted" : "created");
    }
    sums.write(scope);
}

void stamp(const Scope& scope, Transaction& transaction) {
    if (transaction.id == TransactionId{}) transaction.id = make_id<TransactionNoun>();
    if (scope.actor.api_key_id) transaction.created_by = *scope.actor.api_key_id;
    transaction.created_at = transaction.updated_at = scope.at;
    if (transaction.status == TransactionStatus::posted) transaction.posted_at = scope.at;
}

}  // namespace

namespace {

EnterResult enter_all(std::span<Scope* const> scopes, const std::vector<Entry>& entries, DryRun dry_run) {
    if (entries.empty()) return {};
    std::set<AccountId> ids;
    for (const auto& entry : entries) {
        for (const auto& leg : entry.legs) ids.insert(leg.account_id);
    }
    auto facts = load_facts(*scopes.front(), ids, has_conditions(entries));
    EnterResult result;
    std::vector<Scope*> scopes_of_entered;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        Transaction transaction;
        auto refusal = decide(*scopes[i], entries[i], facts, transaction);
        if (!refusal) {
            stamp(*scopes[i], transaction);
            result.entered.push_back(std::move(transaction));
            scopes_of_entered.push_back(scopes[i]);
        }
        result.refusals.push_back(std::move(refusal));
    }
    if (dry_run == DryRun::no && !result.entered.empty()) write(scopes_of_entered, result.entered);
    return result;
}

}  // namespace

EnterResult enter(Scope& scope, const std::vector<Entry>& entries, DryRun dry_run) {
    return enter_all(std::vector<Scope*>(entries.size(), &scope), entries, dry_run);
}

EnterResult enter_together(std::span<Scope* const> scopes, const std::vector<Entry>& entries) {
    return enter_all(scopes, entries, DryRun::no);
}

Transaction enter_one(Scope& scope, Entry entry) {
    std::vector<Entry> entries;
    entries.push_back(std::move(entry));
    auto result = enter(scope, entries);
    if (result.refusals[0]) throw Error(std::move(*result.refusals[0]));
    return std::move(result.entered[0]);
}

void complete(store::Session& session, const Books& books, std::span<Transaction> transactions) {
    for (auto& transaction : transactions) {
        if (transaction.lines.empty()) {
            store::transactions::load_lines(session, books.books_id, transactions);
            break;
        }
    }
    for (auto& transaction : transactions) {
        transaction.currency = currencies::known(session, transaction.currency.code);
        for (auto& line : transaction.lines) line.currency = currencies::known(session, line.currency.code);
    }
}

std::optional<Transaction> get(store::Session& session, const Books& books, const TransactionId& id) {
    auto found = store::transactions::get(session, books.books_id, id);
    if (found) complete(session, books, std::span(&*found, 1));
    return found;
}

Transaction lock(Scope& scope, const TransactionId& id) {
    auto found = store::transactions::lock(scope.session, scope.books.books_id, id);
    if (!found) throw Error(ErrorCode::resource_not_found, "There is no such transaction.");
    complete(scope.session, scope.books, std::span(&*found, 1));
    return std::move(*found);
}

Transaction lock_for(Scope& scope, const TransactionId& id, std::string_view action) {
    auto found = lock(scope, id);
    if (auto refusal = domain::check_action(found.status, action)) throw Error(std::move(*refusal));
    return found;
}

Transaction replace(Scope& scope, const Transaction& current, const Entry& entry) {
    std::set<AccountId> ids;
    for (const auto& leg : entry.legs) ids.insert(leg.account_id);
    auto facts = load_facts(scope, ids, false);
    Transaction changed;
    if (auto refusal = decide(scope, entry, facts, changed)) throw Error(std::move(*refusal));
    changed.id = current.id;
    changed.created_by = current.created_by;
    changed.created_at = current.created_at;
    changed.updated_at = scope.at;
    changed.version = current.version + 1;
    store::transactions::remove_lines(scope.session, scope.books.books_id, current.id);
    store::transactions::update(scope.session, scope.books.books_id, changed);
    store::transactions::insert_lines(scope.session, scope.books.books_id, std::span(&changed, 1));
    search::change(scope.session, scope.books.books_id, search::transaction, search::findable(changed));
    note(scope, changed, "updated");
    return changed;
}

void remove(Scope& scope, const TransactionId& id) {
    const auto current = lock_for(scope, id, "delete");
    store::transactions::remove_lines(scope.session, scope.books.books_id, id);
    store::transactions::remove(scope.session, scope.books.books_id, id);
    search::remove(scope.session, scope.books.books_id, search::transaction, id.bytes);
    note(scope, current, "deleted");
}

Transaction post(Scope& scope, const TransactionId& id) {
    auto transaction = lock_for(scope, id, "post");
    std::set<AccountId> ids;
    for (const auto& line : transaction.lines) ids.insert(line.account_id);
    const auto facts = load_facts(scope, ids, false);
    if (auto refusal = domain::check_posting(transaction, facts.posting)) throw Error(std::move(*refusal));
    store::transactions::mark_posted(scope.session, scope.books.books_id, id, scope.at);
    transaction.status = TransactionStatus::posted;
    transaction.posted_at = transaction.updated_at = scope.at;
    ++transaction.version;
    SumsOfLines sums;
    sums.add_lines(transaction);
    sums.write(scope);
    note(scope, transaction, "posted");
    return transaction;
}

Transaction reverse(Scope& scope, const TransactionId& id, std::optional<Date> date,
                    const std::string& reason, const TransactionId& new_id) {
    const auto original = lock_for(scope, id, "reverse");
    if (original.reverses_id) {
        throw Error(ErrorCode::invalid_state,
                    "This transaction is a reversal itself; a reversal is not reversed.");
    }
    const auto day = date.value_or(scope.books.today(scope.at));
    const auto why = reason.empty() ? "Reversal of " + to_text(id) : reason;
    auto mirror = domain::reversal_of(original, day, why);
    mirror.id = new_id;
    std::set<AccountId> ids;
    for (const auto& line : mirror.lines) ids.insert(line.account_id);
    const auto facts = load_facts(scope, ids, false);
    if (auto refusal = domain::check_posting(mirror, facts.posting)) throw Error(std::move(*refusal));
    stamp(scope, mirror);
    Scope* const scopes[] = {&scope};
    write(scopes, std::span(&mirror, 1));
    store::transactions::mark_reversed(scope.session, scope.books.books_id, id, mirror.id, scope.at);
    note(scope, original, "reversed", R"({"reversed_by_id":")" + to_text(mirror.id) + "\"}");
    return mirror;
}

std::vector<store::BalanceRow> balances_of(store::Session& session, const Books& books,
                                           const Transaction& transaction) {
    std::set<AccountId> ids;
    for (const auto& line : transaction.lines) ids.insert(line.account_id);
    const std::vector<AccountId> list(ids.begin(), ids.end());
    return store::accounts::balances(session, books.books_id, list);
}

}  // namespace crane::service::ledger
