// How legs become lines that balance: tables whose last column is the outcome, and random transactions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "shared/domain/posting.h"

namespace crane::domain {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

const Currency usd{"USD", 2};
const Currency eur{"EUR", 2};
const Currency gbp{"GBP", 2};
const Currency jpy{"JPY", 0};
const Currency bitcoin{"BTC", 8};

// A leg in minor units, debit positive.
LegRequest leg(const Currency& currency, std::int64_t amount) {
    LegRequest leg;
    leg.amount = {amount};
    leg.currency = currency;
    return leg;
}

LegRequest rated(const Currency& currency, std::int64_t amount, std::string_view rate) {
    auto made = leg(currency, amount);
    made.exchange_rate = parse_decimal(rate, exchange_rate_scale).value();
    return made;
}

LegRequest in_base(const Currency& currency, std::int64_t amount, std::int64_t base_amount) {
    auto made = leg(currency, amount);
    made.base_amount = Money{base_amount};
    return made;
}

std::string told(const Error& error) {
    std::string text(error_kind(error.code()).name);
    for (const auto& [name, value] : error.details) text.append(" ").append(name).append("=").append(value);
    return text;
}

// "100.00 EUR: 110.00 -110.00", the total and each line in base; or the refusal's code with its figures.
std::string outcome(const std::vector<LegRequest>& legs, const Currency& base) {
    const auto decided = balance(legs, base);
    EXPECT_NE(decided.balanced.has_value(), decided.refusal.has_value());
    if (decided.refusal) return told(*decided.refusal);
    const auto& balanced = *decided.balanced;
    auto text =
        format_amount(balanced.total, balanced.currency.decimal_places) + " " + balanced.currency.code + ":";
    for (const auto& line : balanced.lines)
        text += " " + format_amount(line.base_amount, base.decimal_places);
    return text;
}

struct Row {
    const char* what;
    Currency base;
    std::vector<LegRequest> legs;
    const char* outcome;
};

void expect(const std::vector<Row>& rows) {
    for (const auto& row : rows) EXPECT_EQ(outcome(row.legs, row.base), row.outcome) << row.what;
}

TEST(Balance, InOneCurrency) {
    expect({
        {"two legs", usd, {leg(usd, 10000), leg(usd, -10000)}, "100.00 USD: 100.00 -100.00"},
        {"credit first", usd, {leg(usd, -10000), leg(usd, 10000)}, "100.00 USD: -100.00 100.00"},
        {"the least amount", usd, {leg(usd, 1), leg(usd, -1)}, "0.01 USD: 0.01 -0.01"},
        {"many debits", usd, {leg(usd, 1), leg(usd, 2), leg(usd, -3)}, "0.03 USD: 0.01 0.02 -0.03"},
        {"many of each",
         usd,
         {leg(usd, 5), leg(usd, -2), leg(usd, 5), leg(usd, -8)},
         "0.10 USD: 0.05 -0.02 0.05 -0.08"},
        {"no decimals", jpy, {leg(jpy, 1250), leg(jpy, -1250)}, "1250 JPY: 1250 -1250"},
        {"eight decimals",
         bitcoin,
         {leg(bitcoin, 1), leg(bitcoin, -1)},
         "0.00000001 BTC: 0.00000001 -0.00000001"},
        {"a rate has no meaning in base",
         usd,
         {rated(usd, 100, "2"), leg(usd, -100)},
         "1.00 USD: 1.00 -1.00"},
        {"nor has a base amount", usd, {in_base(usd, 100, 300), leg(usd, -100)}, "1.00 USD: 1.00 -1.00"},

        {"a minor unit too much",
         usd,
         {leg(usd, 10000), leg(usd, -9999)},
         "transaction_does_not_balance total_debits=100.00 total_credits=99.99 difference=0.01 "
         "currency_id=CUR_USD"},
        {"a minor unit too little",
         usd,
         {leg(usd, 9999), leg(usd, -10000)},
         "transaction_does_not_balance total_debits=99.99 total_credits=100.00 difference=-0.01 "
         "currency_id=CUR_USD"},
        {"debits only",
         usd,
         {leg(usd, 1), leg(usd, 1)},
         "transaction_does_not_balance total_debits=0.02 total_credits=0.00 difference=0.02 "
         "currency_id=CUR_USD"},
        {"credits only",
         jpy,
         {leg(jpy, -1), leg(jpy, -2)},
         "transaction_does_not_balance total_debits=0 total_credits=3 difference=-3 currency_id=CUR_JPY"},
    });
}

TEST(Balance, InOneForeignCurrency) {
    expect({
        {"one rate",
         usd,
         {rated(eur, 10000, "1.08"), rated(eur, -10000, "1.08")},
         "100.00 EUR: 108.00 -108.00"},
        {"base amounts",
         usd,
         {in_base(eur, 10000, 10800), in_base(eur, -10000, -10800)},
         "100.00 EUR: 108.00 -108.00"},
        {"a base amount counts before a rate",
         usd,
         {in_base(eur, 100, 111), rated(eur, -100, "1.11")},
         "1.00 EUR: 1.11 -1.11"},
        {"from no decimals to two",
         usd,
         {rated(jpy, 1000, "0.00667"), rated(jpy, -1000, "0.00667")},
         "1000 JPY: 6.67 -6.67"},
        {"from two decimals to none",
         jpy,
         {rated(usd, 1000, "149.5"), rated(usd, -1000, "149.5")},
         "10.00 USD: 1495 -1495"},
        {"from eight decimals",
         usd,
         {rated(bitcoin, 100000000, "64000"), rated(bitcoin, -100000000, "64000")},
         "1.00000000 BTC: 64000.00 -64000.00"},
        {"too little for base",
         usd,
         {rated(jpy, 1, "0.00000001"), rated(jpy, -1, "0.00000001")},
         "1 JPY: 0.00 0.00"},

        {"neither rate nor base amount", usd, {leg(eur, 100), leg(eur, -100)}, "exchange_rate_required"},
        {"on one leg only", usd, {rated(eur, 100, "1.08"), leg(eur, -100)}, "exchange_rate_required"},
        {"which is told before the difference",
         usd,
         {leg(eur, 100), leg(eur, -99)},
         "exchange_rate_required"},
        {"a difference is told in the legs' currency",
         usd,
         {rated(eur, 100, "2"), rated(eur, -99, "2")},
         "transaction_does_not_balance total_debits=1.00 total_credits=0.99 difference=0.01 "
         "currency_id=CUR_EUR"},
        {"other rates on the other side",
         usd,
         {rated(eur, 10000, "1.08"), rated(eur, -10000, "1.10")},
         "transaction_does_not_balance total_debits=108.00 total_credits=110.00 difference=-2.00 "
         "currency_id=CUR_USD"},
        {"base amounts that differ",
         usd,
         {in_base(eur, 100, 111), in_base(eur, -100, -110)},
         "transaction_does_not_balance total_debits=1.11 total_credits=1.10 difference=0.01 "
         "currency_id=CUR_USD"},
    });
}

TEST(Balance, InSeveralCurrencies) {
    expect({
        {"equal in base", usd, {rated(eur, 10000, "1.10"), leg(usd, -11000)}, "110.00 USD: 110.00 -110.00"},
        {"equal in each",
         usd,
         {rated(eur, 100, "1.1"), rated(eur, -100, "1.1"), leg(usd, 50), leg(usd, -50)},
         "1.60 USD: 1.10 -1.10 0.50 -0.50"},
        {"two foreign ones", usd, {in_base(eur, 100, 120), in_base(gbp, -90, -120)}, "1.20 USD: 1.20 -1.20"},
        {"the total is in base, however small the legs",
         usd,
         {rated(jpy, 15000, "0.01"), leg(usd, -15000)},
         "150.00 USD: 150.00 -150.00"},

        {"not equal in base",
         usd,
         {rated(eur, 10000, "1.10"), leg(usd, -11001)},
         "transaction_does_not_balance total_debits=110.00 total_credits=110.01 difference=-0.01 "
         "currency_id=CUR_USD"},
        {"a rounded rate does not excuse it",
         usd,
         {rated(eur, 3333, "1.1"), leg(usd, -3667)},
         "transaction_does_not_balance total_debits=36.66 total_credits=36.67 difference=-0.01 "
         "currency_id=CUR_USD"},
        {"no rate", usd, {leg(eur, 10000), leg(usd, -11000)}, "exchange_rate_required"},
    });
}

// The exact products are 1.5, 4.5 and so on minor units; ties go to the even neighbour.
TEST(Balance, RoundingGoesToTheLargestRatedLeg) {
    expect({
        {"rest of two on the credit",
         usd,
         {rated(eur, 1, "1.5"), rated(eur, 1, "1.5"), rated(eur, 1, "1.5"), rated(eur, -3, "1.5")},
         "0.03 EUR: 0.02 0.02 0.02 -0.06"},
        {"rest of two on the debit",
         usd,
         {rated(eur, 3, "1.5"), rated(eur, -1, "1.5"), rated(eur, -1, "1.5"), rated(eur, -1, "1.5")},
         "0.03 EUR: 0.06 -0.02 -0.02 -0.02"},
        {"what is lost comes back",
         usd,
         {rated(eur, 5, "0.5"), rated(eur, -1, "0.5"), rated(eur, -4, "0.5")},
         "0.05 EUR: 0.02 0.00 -0.02"},
        {"the first of the largest",
         usd,
         {rated(eur, 1, "0.4"), rated(eur, 1, "0.4"), rated(eur, -2, "0.4")},
         "0.02 EUR: 0.00 0.00 0.00"},
        {"in each currency",
         usd,
         {rated(eur, 1, "1.5"), rated(eur, 1, "1.5"), rated(eur, -2, "1.5"), rated(gbp, 1, "1.5"),
          rated(gbp, 1, "1.5"), rated(gbp, -2, "1.5")},
         "0.08 USD: 0.02 0.02 -0.05 0.02 0.02 -0.03"},
        {"not on a base amount",
         usd,
         {in_base(eur, 100, 111), rated(eur, -100, "1.10")},
         "1.00 EUR: 1.11 -1.11"},
        {"at most one minor unit a rated leg",
         usd,
         {in_base(eur, 100, 112), rated(eur, -100, "1.10")},
         "transaction_does_not_balance total_debits=1.12 total_credits=1.10 difference=0.02 "
         "currency_id=CUR_USD"},
        {"two legs, two minor units",
         usd,
         {in_base(eur, 100, 112), rated(eur, -50, "1.10"), rated(eur, -50, "1.10")},
         "1.00 EUR: 1.12 -0.57 -0.55"},
    });
}

TEST(Balance, StaysWithin64Bits) {
    expect({
        {"the greatest amount",
         usd,
         {leg(usd, most), leg(usd, -most)},
         "92233720368547758.07 USD: 92233720368547758.07 -92233720368547758.07"},
        {"a sum beyond it",
         usd,
         {leg(usd, most), leg(usd, 1), leg(usd, -most), leg(usd, -1)},
         "amount_overflow"},
        {"a thousand times it",
         usd,
         {leg(usd, most), leg(usd, most), leg(usd, -most), leg(usd, -most)},
         "amount_overflow"},
        {"a difference is told in full",
         usd,
         {leg(usd, most), leg(usd, most), leg(usd, -most)},
         "transaction_does_not_balance total_debits=184467440737095516.14 total_credits=92233720368547758.07 "
         "difference=92233720368547758.07 currency_id=CUR_USD"},
        {"a conversion beyond it",
         usd,
         {rated(eur, most, "1.01"), rated(eur, -most, "1.01")},
         "amount_overflow"},
        {"a conversion to more decimals",
         bitcoin,
         {rated(jpy, most, "1"), rated(jpy, -most, "1")},
         "amount_overflow"},
        {"a sum of conversions",
         usd,
         {rated(eur, most / 2, "1.5"), rated(eur, most / 2, "1.5"), rated(eur, -(most / 2), "1.5"),
          rated(eur, -(most / 2), "1.5")},
         "amount_overflow"},
        {"a sum of base amounts",
         usd,
         {in_base(eur, 1, most), in_base(eur, 1, most), in_base(eur, -1, -most), in_base(eur, -1, -most)},
         "amount_overflow"},
    });
}

// 25 debits of 1.6 minor units become 2 each: 10 too many for the one credit, which is at the range's end
// already.
TEST(Balance, RoundingDoesNotLeaveTheRange) {
    constexpr std::int64_t credit = 5 * (most / 8);
    std::vector<LegRequest> legs(25, rated(eur, 1, "1.6"));
    legs.push_back(rated(eur, credit - 25, "1.6"));
    legs.push_back(rated(eur, -credit, "1.6"));
    EXPECT_EQ(outcome(legs, usd), "amount_overflow");
}

// A header's total is more than zero, says the table's CHECK.
TEST(Balance, NothingIsNoTotal) {
    const std::vector<LegRequest> legs{rated(eur, 1, "0.00000001"), rated(eur, -1, "0.00000001"),
                                       rated(gbp, 1, "0.00000001"), rated(gbp, -1, "0.00000001")};
    const auto decided = balance(legs, usd);
    EXPECT_TRUE(decided.refusal) << "the total is " << decided.balanced->total.minor_units;
}

TEST(Balance, KeepsWhatTheLegsSay) {
    auto debit = rated(eur, 100, "1.25");
    debit.account_id = make_id<AccountNoun>();
    debit.description = "In";
    debit.reference = "A-1";
    const std::vector<LegRequest> legs{debit, rated(eur, -100, "1.25")};
    const auto lines = balance(legs, usd).balanced.value().lines;
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].account_id, debit.account_id);
    EXPECT_EQ(lines[0].amount, Money{100});
    EXPECT_EQ(lines[0].currency, eur);
    EXPECT_EQ(lines[0].description, "In");
    EXPECT_EQ(lines[0].reference, "A-1");
    EXPECT_EQ(format_decimal(lines[0].exchange_rate), "1.25000000");
    EXPECT_EQ(lines[1].amount, Money{-100});
}

TEST(Balance, ABaseAmountImpliesTheRate) {
    struct Case {
        Currency currency;
        std::int64_t amount;
        Currency base;
        std::int64_t base_amount;
        const char* rate;
    };
    const Case cases[] = {
        {eur, 100, usd, 110, "1.10000000"},
        {eur, -100, usd, -110, "1.10000000"},
        {eur, 300, usd, 100, "0.33333333"},
        {eur, 300, usd, 200, "0.66666667"},
        {jpy, 1000, usd, 667, "0.00667000"},
        {usd, 1000, jpy, 1495, "149.50000000"},
        {bitcoin, 100000000, usd, 6400000, "64000.00000000"},
        {jpy, 1, bitcoin, 1, "0.00000001"},
        {eur, most, usd, 1, "0.00000001"},  // never zero
    };
    for (const auto& row : cases) {
        const std::vector<LegRequest> legs{in_base(row.currency, row.amount, row.base_amount),
                                           in_base(row.currency, -row.amount, -row.base_amount)};
        const auto decided = balance(legs, row.base);
        ASSERT_TRUE(decided.balanced) << row.rate;
        for (const auto& line : decided.balanced->lines)
            EXPECT_EQ(format_decimal(line.exchange_rate), row.rate);
    }
}

TEST(Balance, ARateInBaseIsOne) {
    const std::vector<LegRequest> legs{rated(usd, 100, "2"), leg(usd, -100)};
    const auto lines = balance(legs, usd).balanced.value().lines;
    for (const auto& line : lines) {
        EXPECT_EQ(format_decimal(line.exchange_rate), "1.00000000");
    }
}

// Random transactions.

struct Draw {
    std::mt19937_64 random;

    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
    }
    // Of every length up to 15 digits.
    std::int64_t amount() {
        std::int64_t bound = 1000;
        for (auto digits = below(12); digits > 0; --digits) bound *= 10;
        return 1 + below(bound);
    }
};

// Debits, and credits that split the same sum otherwise; each leg as `make` builds it.
template <typename Make>
void append_balanced(std::vector<LegRequest>& legs, Draw& draw, Make make) {
    std::int64_t total = 0;
    for (auto left = 1 + draw.below(4); left > 0; --left) {
        const auto amount = draw.amount();
        total += amount;
        legs.push_back(make(amount));
    }
    for (auto left = draw.below(4); left > 0 && total > 1; --left) {
        const auto part = 1 + draw.below(total - 1);
        total -= part;
        legs.push_back(make(-part));
    }
    legs.push_back(make(-total));
}

struct Sums {
    Wide debits = 0;
    Wide rest = 0;
    Wide base_rest = 0;
};

Sums sums_of(const std::vector<Line>& lines) {
    Sums sums;
    for (const auto& line : lines) {
        if (line.base_amount.minor_units > 0) sums.debits += line.base_amount.minor_units;
        sums.rest += line.amount.minor_units;
        sums.base_rest += line.base_amount.minor_units;
    }
    return sums;
}

TEST(Balance, AnyBalancedTransactionPasses) {
    Draw draw{std::mt19937_64(20260131)};
    for (int round = 0; round < 20000; ++round) {
        std::vector<LegRequest> legs;
        append_balanced(legs, draw, [](std::int64_t amount) { return leg(usd, amount); });
        std::shuffle(legs.begin(), legs.end(), draw.random);
        const auto decided = balance(legs, usd);
        ASSERT_TRUE(decided.balanced) << round << ": " << decided.refusal->what();
        const auto sums = sums_of(decided.balanced->lines);
        ASSERT_TRUE(sums.rest == 0 && sums.base_rest == 0) << round;
        ASSERT_TRUE(sums.debits == decided.balanced->total.minor_units) << round;
    }
}

TEST(Balance, AnyTransactionThatIsOffIsRefused) {
    Draw draw{std::mt19937_64(20260228)};
    for (int round = 0; round < 20000; ++round) {
        std::vector<LegRequest> legs;
        append_balanced(legs, draw, [](std::int64_t amount) { return leg(usd, amount); });
        auto& changed = legs[static_cast<std::size_t>(draw.below(static_cast<std::int64_t>(legs.size())))];
        changed.amount.minor_units += draw.below(2) == 0 ? draw.amount() : -draw.amount();
        const auto decided = balance(legs, usd);
        ASSERT_TRUE(decided.refusal) << round;
        ASSERT_EQ(decided.refusal->code(), ErrorCode::transaction_does_not_balance) << round;
    }
}

TEST(Balance, AnyRatedTransactionBalancesInBaseExactly) {
    Draw draw{std::mt19937_64(20260331)};
    const Currency currencies[] = {eur, gbp, jpy, bitcoin};
    for (int round = 0; round < 20000; ++round) {
        std::vector<LegRequest> legs;
        for (auto left = 1 + draw.below(3); left > 0; --left) {
            const auto& currency = currencies[draw.below(4)];
            const Decimal rate{1 + draw.below(2'000'000'000), exchange_rate_scale};
            append_balanced(legs, draw, [&](std::int64_t amount) {
                auto made = leg(currency, amount);
                made.exchange_rate = rate;
                return made;
            });
        }
        const auto decided = balance(legs, usd);
        if (decided.refusal && decided.refusal->code() == ErrorCode::amount_overflow) continue;
        ASSERT_TRUE(decided.balanced) << round << ": " << decided.refusal->what();
        const auto& lines = decided.balanced->lines;
        ASSERT_TRUE(sums_of(lines).base_rest == 0) << round;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            ASSERT_EQ(lines[i].amount, legs[i].amount) << round;
            const auto exact = convert(lines[i].amount, legs[i].currency.decimal_places,
                                       *legs[i].exchange_rate, usd.decimal_places, Rounding::half_even);
            const auto moved = lines[i].base_amount.minor_units - exact->minor_units;
            ASSERT_LE(std::abs(moved), static_cast<std::int64_t>(legs.size())) << round;
        }
    }
}

TEST(Balance, AReversalSumsToZeroWithItsOriginal) {
    Draw draw{std::mt19937_64(20260430)};
    for (int round = 0; round < 5000; ++round) {
        std::vector<LegRequest> legs;
        const Decimal rate{1 + draw.below(2'000'000'000), exchange_rate_scale};
        append_balanced(legs, draw, [&](std::int64_t amount) {
            auto made = leg(eur, amount);
            made.exchange_rate = rate;
            return made;
        });
        Transaction original;
        original.lines = balance(legs, usd).balanced.value().lines;
        const auto mirror = reversal_of(original, Date{20000}, "Undone");
        ASSERT_EQ(mirror.lines.size(), original.lines.size());
        for (std::size_t i = 0; i < mirror.lines.size(); ++i) {
            ASSERT_EQ(mirror.lines[i].amount.minor_units + original.lines[i].amount.minor_units, 0);
            ASSERT_EQ(mirror.lines[i].base_amount.minor_units + original.lines[i].base_amount.minor_units, 0);
        }
        ASSERT_TRUE(sums_of(mirror.lines).base_rest == 0) << round;
    }
}

}  // namespace
}  // namespace crane::domain
