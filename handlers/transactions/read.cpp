#include "handlers/transactions/json.h"
#include "shared/service/currencies.h"
#include "shared/service/settings.h"

namespace crane::transactions {
namespace {

constexpr std::size_t most_entries = 1000;

std::string fault_text(AmountFault fault, const Currency& currency) {
    switch (fault) {
        case AmountFault::too_many_decimals:
            return "has more than the " + std::to_string(currency.decimal_places) + " decimals of " +
                   currency.code;
        case AmountFault::too_large:
            return "has more than 19 digits of minor units";
        default:
            return "must be a decimal number such as 1250.00";
    }
}

// An amount of `currency`; a fault unless it is well-formed.
std::optional<Money> read_amount(json::Reader& reader, const char* name, const Currency& currency,
                                 json::Presence presence) {
    const auto text = reader.decimal_text(name, presence);
    if (!text.has_value()) return std::nullopt;
    const auto parsed = parse_amount(*text.content, currency.decimal_places);
    if (parsed.fault == AmountFault::none) return parsed.money;
    reader.fault(name, fault_text(parsed.fault, currency));
    return std::nullopt;
}

std::optional<Money> read_positive_amount(json::Reader& reader, const char* name, const Currency& currency,
                                          json::Presence presence) {
    const auto amount = read_amount(reader, name, currency, presence);
    if (!amount || amount->minor_units > 0) return amount;
    reader.fault(name, "must be more than zero; entry_type tells the side");
    return std::nullopt;
}

Currency read_currency(json::Reader& reader, app::Call& call, const Currency& otherwise) {
    const auto id = reader.text("currency_id", 12, json::Presence::optional);
    if (!id.has_value()) return otherwise;
    const auto currency =
        service::currencies::find(call.session(), service::currencies::code_of(*id.content));
    if (!currency) reader.fault("currency_id", "is not a currency; they are named like CUR_USD");
    return currency.value_or(otherwise);
}

// In the base currency there is nothing to convert.
void refuse_contradiction(json::Reader& reader, const app::Call& call, const domain::LegRequest& leg) {
    if (leg.currency != call.books().base_currency) return;
    if (leg.base_amount && *leg.base_amount != leg.amount) {
        reader.fault("base_amount", "differs from amount, which is in the base currency already");
    }
    constexpr std::int64_t one = 100'000'000;
    if (leg.exchange_rate && leg.exchange_rate->digits != one) {
        reader.fault("exchange_rate", "must be 1 for an entry in the base currency");
    }
}

domain::LegRequest read_leg(json::Reader& reader, app::Call& call, const Currency& currency) {
    domain::LegRequest leg;
    leg.account_id =
        reader.id<AccountNoun>("account_id", json::Presence::required).content.value_or(AccountId{});
    const auto side = reader.choice("entry_type", {"debit", "credit"}, json::Presence::required);
    leg.currency = read_currency(reader, call, currency);
    const auto amount = read_positive_amount(reader, "amount", leg.currency, json::Presence::required);
    const auto base =
        read_positive_amount(reader, "base_amount", call.books().base_currency, json::Presence::optional);
    const bool is_credit = side.content == "credit";
    leg.amount = is_credit ? -amount.value_or(Money{}) : amount.value_or(Money{});
    if (base) leg.base_amount = is_credit ? -*base : *base;
    if (const auto rate = reader.decimal_text("exchange_rate"); rate.has_value()) {
        leg.exchange_rate = parse_decimal(*rate.content, exchange_rate_scale);
        if (!leg.exchange_rate || leg.exchange_rate->digits <= 0) {
            reader.fault("exchange_rate", "must be a positive decimal number of at most 8 decimals");
        }
    }
    refuse_contradiction(reader, call, leg);
    leg.description = reader.text("description", 500).content.value_or("");
    leg.reference = reader.text("reference", 100).content.value_or("");
    leg.condition.expected_version = reader.integer("expected_version", 0, INT64_MAX).content;
    leg.condition.balance_at_least =
        read_amount(reader, "balance_at_least", leg.currency, json::Presence::optional);
    return leg;
}

// Either entries, or the short form: a type with two accounts and an amount.
void refuse_mixed_forms(json::Reader& reader, const TransactionBody& body, bool is_change,
                        bool is_amount_given) {
    const bool is_short = body.account_id.is_given || body.counter_account_id.is_given || is_amount_given;
    if (body.has_entries && is_short) {
        reader.fault("entries", "does not go with account_id, counter_account_id or amount");
    } else if (is_short) {
        const auto type = body.type.content.value_or("journal");
        if (type != "income" && type != "expense")
            reader.fault("type", "must be income or expense for the short form");
        if (!body.account_id.has_value()) reader.fault("account_id", "is required for the short form");
        if (!is_amount_given) reader.fault("amount", "is required for the short form");
        if (type == "expense" && !body.counter_account_id.has_value()) {
            reader.fault("counter_account_id", "is required for an expense");
        }
    } else if (!body.has_entries && !is_change) {
        reader.fault("entries", "is required");
    }
}

}  // namespace

TransactionBody read_transaction(json::Reader& reader, app::Call& call, BodyKind kind) {
    TransactionBody body;
    const bool is_change = kind == BodyKind::change;
    body.path = reader.path_of("");
    body.type = reader.choice("type", {"journal", "income", "expense", "transfer"});
    if (!is_change) body.status = reader.choice("status", {"pending", "posted"});
    body.reference_number = reader.text("reference_number", 100);
    body.description = reader.text("description", 1000);
    body.transaction_date =
        reader.date("transaction_date", is_change ? json::Presence::optional : json::Presence::required);
    body.posting_date = reader.date("posting_date");
    body.currency = read_currency(reader, call, call.books().base_currency);
    body.payment_method = reader.text("payment_method", 64);
    body.metadata = reader.metadata();
    if (kind == BodyKind::item) {
        body.idempotency_key = reader.text("idempotency_key", 255, json::Presence::optional);
        if (body.idempotency_key.content == "") reader.fault("idempotency_key", "must not be empty");
    }
    const auto count = reader.objects(
        "entries", 2, most_entries, json::Presence::optional,
        [&](json::Reader& entry, std::size_t) { body.legs.push_back(read_leg(entry, call, body.currency)); });
    body.has_entries = count > 0 || reader.has_value("entries");
    body.account_id = reader.id<AccountNoun>("account_id", json::Presence::optional);
    body.counter_account_id = reader.id<AccountNoun>("counter_account_id", json::Presence::optional);
    body.amount = read_positive_amount(reader, "amount", body.currency, json::Presence::optional);
    if (is_change && !body.has_entries && !body.amount && reader.has_value("currency_id")) {
        reader.fault("currency_id", "changes with the entries only; give them too");
    }
    if (reader.is_readable()) refuse_mixed_forms(reader, body, is_change, reader.has_value("amount"));
    return body;
}

namespace {

AccountId sales_account(app::Call& call) {
    const auto id = service::settings::role_account(call.session(), call.books().books_id, "sales");
    if (!id) throw faulty_field("counter_account_id", "is required, since no account has the role of sales");
    return *id;
}

// Income debits the bank account, expense credits it.
std::vector<domain::LegRequest> short_form_legs(app::Call& call, const TransactionBody& body) {
    const auto counter =
        body.counter_account_id.content ? *body.counter_account_id.content : sales_account(call);
    const bool is_income = body.type.content == "income";
    const Money amount = is_income ? *body.amount : -*body.amount;
    std::vector<domain::LegRequest> legs(2);
    legs[0].account_id = *body.account_id.content;
    legs[0].amount = amount;
    legs[1].account_id = counter;
    legs[1].amount = -amount;
    for (auto& leg : legs) leg.currency = body.currency;
    return legs;
}

template <typename Content>
void take(const json::Field<Content>& field, Content& target) {
    if (field.is_given) target = field.content.value_or(Content{});
}

// The fields that a creation and a change share.
void take_head(const TransactionBody& body, domain::Transaction& head) {
    if (body.type.is_given) head.type = body.type.content.value_or("journal");
    take(body.reference_number, head.reference_number);
    take(body.description, head.description);
    take(body.payment_method, head.payment_method);
    if (body.metadata.is_given) head.metadata = body.metadata.content.value_or("{}");
    if (body.transaction_date.content) head.transaction_date = *body.transaction_date.content;
}

}  // namespace

service::ledger::Entry entry_of(app::Call& call, const TransactionBody& body) {
    service::ledger::Entry entry;
    entry.path = body.path;
    auto& head = entry.head;
    take_head(body, head);
    head.posting_date = body.posting_date.content.value_or(head.transaction_date);
    if (body.status.content == "posted") head.status = domain::TransactionStatus::posted;
    if (body.has_entries) {
        entry.legs = body.legs;
    } else {
        entry.legs = short_form_legs(call, body);
        head.account_id = body.account_id.content;
    }
    return entry;
}

service::ledger::Entry changed_entry(app::Call& call, const TransactionBody& body,
                                     const domain::Transaction& current) {
    service::ledger::Entry entry;
    entry.head = current;
    entry.head.lines.clear();
    take_head(body, entry.head);
    if (body.posting_date.content) {
        entry.head.posting_date = *body.posting_date.content;
    } else if (body.posting_date.is_given) {
        entry.head.posting_date = entry.head.transaction_date;
    }
    if (body.has_entries) {
        entry.legs = body.legs;
        entry.head.account_id = std::nullopt;
    } else if (body.amount) {
        entry.legs = short_form_legs(call, body);
        entry.head.account_id = body.account_id.content;
    } else {
        for (const auto& line : current.lines) {
            entry.legs.push_back({line.account_id,
                                  line.amount,
                                  line.currency,
                                  line.base_amount,
                                  line.exchange_rate,
                                  line.description,
                                  line.reference,
                                  {}});
        }
    }
    return entry;
}

}  // namespace crane::transactions
