// What stands in the way of a posting: rules, conditions, states, and the mirror of a transaction.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/domain/posting.h"

namespace crane::domain {
namespace {

const Currency usd{"USD", 2};

std::string told(const std::optional<Error>& refusal) {
    if (!refusal) return "nothing";
    std::string text(error_kind(refusal->code()).name);
    for (const auto& [name, value] : refusal->details)
        text.append(" ").append(name).append("=").append(value);
    return text;
}

Date day(std::string_view text) {
    return parse_date(text).value();
}

// Accounts whose ids are one byte: 1 and 2 are fit, 3 is inactive, 4 is kept in EUR, 5 is both.
AccountId account(std::uint8_t number) {
    AccountId id;
    id.bytes[15] = number;
    return id;
}

PostingFacts facts(std::optional<Date> closed_through) {
    PostingFacts facts;
    facts.base_currency = usd;
    facts.books_closed_through = closed_through;
    facts.accounts = {{account(1), {"Bank", true, "USD"}},
                      {account(2), {"Sales", true, "USD"}},
                      {account(3), {"Old bank", false, "USD"}},
                      {account(4), {"Euro bank", true, "EUR"}},
                      {account(5), {"Old euro bank", false, "EUR"}}};
    return facts;
}

Transaction transaction(std::uint8_t debit, std::uint8_t credit, Date posting_date) {
    Transaction transaction;
    transaction.posting_date = posting_date;
    transaction.lines = {{account(debit), {100}, usd, {100}}, {account(credit), {-100}, usd, {-100}}};
    return transaction;
}

TEST(PostingRules, TheFirstThatRefusesAnswers) {
    struct Row {
        const char* what;
        std::uint8_t debit;
        std::uint8_t credit;
        const char* posting_date;
        const char* closed_through;  // empty: never closed
        std::string outcome;
    };
    const std::vector<Row> rows = {
        {"open books", 1, 2, "2026-01-31", "", "nothing"},
        {"the day after the closed ones", 1, 2, "2026-02-01", "2026-01-31", "nothing"},
        {"the last closed day", 1, 2, "2026-01-31", "2026-01-31",
         "period_closed books_closed_through=2026-01-31"},
        {"long closed", 1, 2, "2001-01-01", "2026-01-31", "period_closed books_closed_through=2026-01-31"},
        {"inactive debit", 3, 2, "2026-01-31", "", "account_inactive account_id=" + to_text(account(3))},
        {"inactive credit", 1, 3, "2026-01-31", "", "account_inactive account_id=" + to_text(account(3))},
        {"another currency", 4, 2, "2026-01-31", "", "currency_mismatch account_id=" + to_text(account(4))},
        {"inactive before another currency", 4, 3, "2026-01-31", "",
         "account_inactive account_id=" + to_text(account(3))},
        {"inactive and of another currency", 5, 2, "2026-01-31", "",
         "account_inactive account_id=" + to_text(account(5))},
        {"inactive before closed", 3, 2, "2026-01-01", "2026-01-31",
         "account_inactive account_id=" + to_text(account(3))},
        {"another currency before closed", 4, 2, "2026-01-01", "2026-01-31",
         "currency_mismatch account_id=" + to_text(account(4))},
    };
    for (const auto& row : rows) {
        const auto closed =
            *row.closed_through == '\0' ? std::nullopt : std::optional(day(row.closed_through));
        const auto refusal =
            check_posting(transaction(row.debit, row.credit, day(row.posting_date)), facts(closed));
        EXPECT_EQ(told(refusal), row.outcome) << row.what;
    }
}

TEST(PostingRules, ThePostingDateDecidesNotTheTransactionDate) {
    auto late = transaction(1, 2, day("2026-02-01"));
    late.transaction_date = day("2026-01-15");
    EXPECT_EQ(told(check_posting(late, facts(day("2026-01-31")))), "nothing");
    auto backdated = transaction(1, 2, day("2026-01-15"));
    backdated.transaction_date = day("2026-02-01");
    EXPECT_EQ(told(check_posting(backdated, facts(day("2026-01-31")))),
              "period_closed books_closed_through=2026-01-31");
}

TEST(PostingRules, HaveNamesAndSentences) {
    std::map<std::string_view, int> names;
    for (const auto& rule : posting_rules()) ++names[rule.name];
    EXPECT_EQ(names.size(), posting_rules().size());
    const auto refusal = check_posting(transaction(3, 2, day("2026-01-31")), facts(std::nullopt));
    EXPECT_STREQ(refusal.value().what(), "The account Old bank is inactive; nothing is posted to it.");
}

TEST(Conditions, HoldOrAreRefusedWithTheFigures) {
    struct Row {
        const char* what;
        std::optional<std::int64_t> expected_version;
        std::optional<std::int64_t> balance_at_least;
        std::int64_t version_before;
        std::int64_t net_after;
        const char* outcome;
    };
    const std::vector<Row> rows = {
        {"none", {}, {}, 7, -100, "nothing"},
        {"the version is right", 7, {}, 7, 0, "nothing"},
        {"never posted to", 0, {}, 0, 0, "nothing"},
        {"the version has moved on", 6, {}, 7, 0, "version_condition_failed version=7"},
        {"the version is not there yet", 8, {}, 7, 0, "version_condition_failed version=7"},
        {"enough", {}, 0, 7, 1, "nothing"},
        {"just enough", {}, 0, 7, 0, "nothing"},
        {"a minor unit too little", {}, 0, 7, -1, "balance_condition_failed balance=-0.01"},
        {"above a floor", {}, 1000, 7, 1000, "nothing"},
        {"below a floor", {}, 1000, 7, 999, "balance_condition_failed balance=9.99"},
        {"a debt may go so far", {}, -1000, 7, -1000, "nothing"},
        {"and no further", {}, -1000, 7, -1001, "balance_condition_failed balance=-10.01"},
        {"both hold", 7, 0, 7, 0, "nothing"},
        {"the version is told first", 6, 0, 7, -1, "version_condition_failed version=7"},
        {"the balance, the version being right", 7, 0, 7, -1, "balance_condition_failed balance=-0.01"},
    };
    for (const auto& row : rows) {
        Condition condition;
        condition.expected_version = row.expected_version;
        if (row.balance_at_least) condition.balance_at_least = Money{*row.balance_at_least};
        const BalanceFacts before{0, row.version_before};
        EXPECT_EQ(told(check_condition(condition, "Bank", usd, before, row.net_after)), row.outcome)
            << row.what;
    }
}

TEST(Reversal, MirrorsAndLinks) {
    Transaction original = transaction(1, 2, day("2026-01-31"));
    original.id = make_id<TransactionNoun>();
    original.type = "income";
    original.status = TransactionStatus::posted;
    original.reference_number = "R-1";
    original.description = "Order 1";
    original.transaction_date = day("2026-01-30");
    original.currency = usd;
    original.total_debits = original.total_credits = {100};
    original.is_reconciled = true;
    original.metadata = R"({"a":"1"})";
    original.version = 5;

    const auto mirror = reversal_of(original, day("2026-02-01"), "Order cancelled");
    EXPECT_EQ(mirror.id, TransactionId{});
    EXPECT_EQ(mirror.status, TransactionStatus::posted);
    EXPECT_EQ(mirror.reverses_id, original.id);
    EXPECT_EQ(mirror.reversed_by_id, std::nullopt);
    EXPECT_EQ(mirror.posting_date, day("2026-02-01"));
    EXPECT_EQ(mirror.transaction_date, day("2026-02-01"));
    EXPECT_EQ(mirror.description, "Order cancelled");
    EXPECT_EQ(mirror.type, "income");
    EXPECT_EQ(mirror.total_debits, original.total_debits);
    EXPECT_EQ(mirror.total_credits, original.total_credits);
    EXPECT_FALSE(mirror.is_reconciled);
    EXPECT_EQ(mirror.metadata, "{}");
    EXPECT_EQ(mirror.version, 1);
    ASSERT_EQ(mirror.lines.size(), 2U);
    EXPECT_EQ(mirror.lines[0].account_id, account(1));
    EXPECT_EQ(mirror.lines[0].amount, Money{-100});
    EXPECT_EQ(mirror.lines[1].amount, Money{100});
    EXPECT_EQ(mirror.lines[0].base_amount, Money{-100});
    EXPECT_EQ(original.lines[0].amount, Money{100});
}

TEST(StatusChanges, AreTheseAndNoOthers) {
    using enum TransactionStatus;
    // Where an action leads from each state; "-": it is not possible.
    struct Row {
        std::string_view action;
        std::map<TransactionStatus, std::string_view> outcome;
    };
    const std::vector<Row> rows = {
        {"update", {{pending, "pending"}, {posted, "-"}, {reversed, "-"}}},
        {"delete", {{pending, "pending"}, {posted, "-"}, {reversed, "-"}}},
        {"post", {{pending, "posted"}, {posted, "-"}, {reversed, "-"}}},
        {"reverse", {{pending, "-"}, {posted, "reversed"}, {reversed, "-"}}},
        {"void", {{pending, "-"}, {posted, "-"}, {reversed, "-"}}},
        {"", {{pending, "-"}, {posted, "-"}, {reversed, "-"}}},
    };
    std::size_t possible = 0;
    for (const auto& [action, outcomes] : rows) {
        for (const auto& [from, outcome] : outcomes) {
            std::string_view leads = "-";
            for (const auto& change : status_changes()) {
                if (change.from == from && change.action == action) leads = name_of(change.to);
            }
            EXPECT_EQ(leads, outcome) << action << " from " << name_of(from);
            const auto refusal = check_action(from, action);
            const auto refused = "invalid_state status=" + std::string(name_of(from));
            EXPECT_EQ(told(refusal), outcome == "-" ? refused : "nothing")
                << action << " from " << name_of(from);
            if (outcome != "-") ++possible;
        }
    }
    EXPECT_EQ(status_changes().size(), possible);
}

}  // namespace
}  // namespace crane::domain
