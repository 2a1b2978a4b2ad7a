#include "shared/domain/posting.h"

#include <algorithm>
#include <array>
#include <map>

namespace crane::domain {
namespace {

struct Totals {
    Wide debits = 0;
    Wide credits = 0;

    void add(Money amount) {
        if (amount.minor_units > 0) {
            debits += amount.minor_units;
        } else {
            credits -= amount.minor_units;
        }
    }
    bool is_equal() const { return debits == credits; }
};

Error overflow() {
    return {ErrorCode::amount_overflow, "The amounts add up to more than 19 digits of minor units."};
}

Error does_not_balance(const Totals& totals, const Currency& currency) {
    const auto debits = format_amount(totals.debits, currency.decimal_places);
    const auto credits = format_amount(totals.credits, currency.decimal_places);
    const auto difference = format_amount(totals.debits - totals.credits, currency.decimal_places);
    Error error(ErrorCode::transaction_does_not_balance,
                "Debits of " + debits + " " + currency.code + " and credits of " + credits + " " +
                    currency.code + " differ by " + difference + ".");
    error.with("total_debits", debits).with("total_credits", credits);
    error.with("difference", difference).with("currency_id", "CUR_" + currency.code);
    return error;
}

// The leg in base currency; nullopt in `base_amount` when nothing says how.
struct InBase {
    std::optional<Money> base_amount;
    Decimal exchange_rate{100000000, exchange_rate_scale};
    bool is_rounded = false;
    bool is_overflow = false;
};

// The rate that an explicit base amount implies, for display.
Decimal implied_rate(const LegRequest& leg, Money base_amount, const Currency& base) {
    Wide dividend = base_amount.minor_units;
    Wide divisor = leg.amount.minor_units;
    if (divisor < 0) {
        dividend = -dividend;
        divisor = -divisor;
    }
    const int shift = exchange_rate_scale + leg.currency.decimal_places - base.decimal_places;
    for (int i = 0; i < shift; ++i) dividend *= 10;
    const auto digits = narrow(divide(dividend, divisor, Rounding::half_even));
    return {digits ? std::max<std::int64_t>(digits->minor_units, 1) : 1, exchange_rate_scale};
}

InBase in_base(const LegRequest& leg, const Currency& base) {
    InBase result;
    if (leg.currency == base) {
        result.base_amount = leg.amount;
    } else if (leg.base_amount) {
        result.base_amount = leg.base_amount;
        result.exchange_rate = leg.exchange_rate.value_or(implied_rate(leg, *leg.base_amount, base));
    } else if (leg.exchange_rate) {
        result.base_amount = convert(leg.amount, leg.currency.decimal_places, *leg.exchange_rate,
                                     base.decimal_places, Rounding::half_even);
        result.exchange_rate = *leg.exchange_rate;
        result.is_rounded = true;
        result.is_overflow = !result.base_amount;
    }
    return result;
}

Error rate_required(const LegRequest& leg, const Currency& base) {
    return {ErrorCode::exchange_rate_required, "An entry in " + leg.currency.code +
                                                   " needs exchange_rate or "
                                                   "base_amount, since the books are kept in " +
                                                   base.code + "."};
}

Error nothing_in_base(const Currency& base) {
    return {ErrorCode::invalid_request,
            "The amounts come to nothing in " + base.code + ", the currency of the books."};
}

enum class Settled : std::uint8_t { yes, no, overflow };

// Puts what rounding left over on the largest rated line, so that base balances.
Settled settle_rounding(std::vector<Line>& lines, const std::vector<bool>& is_rounded) {
    Wide rest = 0;
    for (const auto& line : lines) rest += line.base_amount.minor_units;
    if (rest == 0) return Settled::yes;
    const auto most = static_cast<Wide>(std::ranges::count(is_rounded, true));
    if (rest > most || rest < -most) return Settled::no;
    std::optional<std::size_t> largest;
    const auto size_of = [&](std::size_t i) {
        const Wide amount = lines[i].base_amount.minor_units;
        return amount < 0 ? -amount : amount;
    };
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (is_rounded[i] && (!largest || size_of(i) > size_of(*largest))) largest = i;
    }
    const auto settled = narrow(lines[*largest].base_amount.minor_units - rest);
    if (!settled) return Settled::overflow;
    lines[*largest].base_amount = *settled;
    return Settled::yes;
}

BalanceOutcome refused(Error error) {
    return {std::nullopt, std::move(error)};
}

}  // namespace

std::string_view name_of(TransactionStatus status) {
    constexpr std::array<std::string_view, 3> names{"pending", "posted", "reversed"};
    return names.at(static_cast<std::size_t>(status));
}

BalanceOutcome balance(std::span<const LegRequest> legs, const Currency& base) {
    Balanced result;
    std::vector<bool> is_rounded;
    std::map<std::string, std::pair<Currency, Totals>> by_currency;
    for (const auto& leg : legs) {
        const auto converted = in_base(leg, base);
        if (converted.is_overflow) return refused(overflow());
        if (!converted.base_amount) return refused(rate_required(leg, base));
        auto& [currency, totals] = by_currency[leg.currency.code];
        currency = leg.currency;
        totals.add(leg.amount);
        is_rounded.push_back(converted.is_rounded);
        result.lines.push_back({leg.account_id, leg.amount, leg.currency, *converted.base_amount,
                                converted.exchange_rate, leg.description, leg.reference});
    }
    const bool is_each_equal =
        std::ranges::all_of(by_currency, [](const auto& entry) { return entry.second.second.is_equal(); });
    const auto& [first_currency, first_totals] = by_currency.begin()->second;
    if (by_currency.size() == 1 && !is_each_equal)
        return refused(does_not_balance(first_totals, first_currency));

    const auto settled = is_each_equal ? settle_rounding(result.lines, is_rounded) : Settled::no;
    if (settled == Settled::overflow) return refused(overflow());
    Totals base_totals;
    for (const auto& line : result.lines) base_totals.add(line.base_amount);
    if (settled == Settled::no && !base_totals.is_equal())
        return refused(does_not_balance(base_totals, base));

    const bool is_mixed = by_currency.size() > 1;
    result.currency = is_mixed ? base : first_currency;
    const auto total = narrow(is_mixed ? base_totals.debits : first_totals.debits);
    const auto base_total = narrow(base_totals.debits);
    if (!total || !base_total) return refused(overflow());
    if (total->minor_units == 0) return refused(nothing_in_base(base));
    result.total = *total;
    return {std::move(result), std::nullopt};
}

namespace {

std::optional<Error> accounts_are_active(const Transaction& transaction, const PostingFacts& facts) {
    for (const auto& line : transaction.lines) {
        const auto& account = facts.accounts.at(line.account_id);
        if (account.is_active) continue;
        Error error(ErrorCode::account_inactive,
                    "The account " + account.name + " is inactive; nothing is posted to it.");
        error.with("account_id", to_text(line.account_id));
        return error;
    }
    return std::nullopt;
}

std::optional<Error> currencies_match(const Transaction& transaction, const PostingFacts& facts) {
    for (const auto& line : transaction.lines) {
        const auto& account = facts.accounts.at(line.account_id);
        if (account.currency_code == line.currency.code) continue;
        Error error(ErrorCode::currency_mismatch, "The account " + account.name + " is kept in " +
                                                      account.currency_code + "; an entry in " +
                                                      line.currency.code + " does not belong there.");
        error.with("account_id", to_text(line.account_id));
        return error;
    }
    return std::nullopt;
}

std::optional<Error> period_is_open(const Transaction& transaction, const PostingFacts& facts) {
    if (!facts.books_closed_through || transaction.posting_date > *facts.books_closed_through)
        return std::nullopt;
    Error error(ErrorCode::period_closed, "The books are closed through " +
                                              format_date(*facts.books_closed_through) +
                                              "; the posting date " + format_date(transaction.posting_date) +
                                              " is within the closed period.");
    error.with("books_closed_through", format_date(*facts.books_closed_through));
    return error;
}

constexpr std::array<PostingRule, 3> rules{{
    {"accounts_are_active", accounts_are_active},
    {"currencies_match", currencies_match},
    {"period_is_open", period_is_open},
}};

using enum TransactionStatus;
constexpr std::array<StatusChange, 4> changes{{
    {pending, "update", pending},
    {pending, "delete", pending},
    {pending, "post", posted},
    {posted, "reverse", reversed},
}};

}  // namespace

std::span<const PostingRule> posting_rules() {
    return rules;
}

std::optional<Error> check_posting(const Transaction& transaction, const PostingFacts& facts) {
    for (const auto& rule : rules) {
        if (auto refusal = rule.check(transaction, facts)) return refusal;
    }
    return std::nullopt;
}

std::optional<Error> check_condition(const Condition& condition, const std::string& account_name,
                                     const Currency& currency, const BalanceFacts& before, Wide after) {
    if (condition.expected_version && *condition.expected_version != before.version) {
        Error error(ErrorCode::version_condition_failed,
                    "The account " + account_name + " is at version " + std::to_string(before.version) +
                        ", not " + std::to_string(*condition.expected_version) + ".");
        error.with("version", std::to_string(before.version));
        return error;
    }
    if (condition.balance_at_least && after < condition.balance_at_least->minor_units) {
        const auto would_be = format_amount(after, currency.decimal_places);
        Error error(ErrorCode::balance_condition_failed,
                    "The balance of " + account_name + " would be " + would_be + " " + currency.code +
                        ", which is less than the " +
                        format_amount(*condition.balance_at_least, currency.decimal_places) + " asked for.");
        error.with("balance", would_be);
        return error;
    }
    return std::nullopt;
}

Transaction reversal_of(const Transaction& original, Date date, const std::string& reason) {
    Transaction mirror = original;
    mirror.id = {};
    mirror.status = TransactionStatus::posted;
    mirror.description = reason;
    mirror.transaction_date = date;
    mirror.posting_date = date;
    mirror.is_reconciled = false;
    mirror.reverses_id = original.id;
    mirror.reversed_by_id = std::nullopt;
    mirror.metadata = "{}";
    mirror.version = 1;
    for (auto& line : mirror.lines) {
        line.amount = -line.amount;
        line.base_amount = -line.base_amount;
    }
    return mirror;
}

std::span<const StatusChange> status_changes() {
    return changes;
}

std::optional<Error> check_action(TransactionStatus from, std::string_view action) {
    for (const auto& change : changes) {
        if (change.from == from && change.action == action) return std::nullopt;
    }
    Error error(ErrorCode::invalid_state, "A " + std::string(name_of(from)) +
                                              " transaction cannot be used with the action " +
                                              std::string(action) + ".");
    error.with("status", std::string(name_of(from)));
    return error;
}

}  // namespace crane::domain
