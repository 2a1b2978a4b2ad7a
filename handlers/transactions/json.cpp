#include "handlers/transactions/json.h"

#include "shared/service/currencies.h"

namespace crane::transactions {
namespace {

// An entry has no row id of its own: it is its transaction and its position.
std::string entry_id(const TransactionId& id, std::size_t position) {
    constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    auto text = "lin_" + encode_base36(id.bytes);
    text += digits[position / digits.size()];
    text += digits[position % digits.size()];
    return text;
}

json::Value text_or_null(const std::string& text) {
    return json::Value::string_or_null_if_empty(text);
}

template <typename Noun>
json::Value id_or_null(const std::optional<Id<Noun>>& id) {
    return id ? json::Value::string(to_text(*id)) : json::Value::null();
}

Money absolute(Money amount) {
    return amount.minor_units < 0 ? -amount : amount;
}

json::Value entry_value(const service::Books& books, const TransactionId& id, std::size_t position,
                        const domain::Line& line) {
    auto value = json::Value::object();
    value.set("id", entry_id(id, position)).set("account_id", to_text(line.account_id));
    value.set("entry_type", line.amount.minor_units > 0 ? "debit" : "credit");
    value.set("amount", format_amount(absolute(line.amount), line.currency.decimal_places));
    value.set("currency_id", "CUR_" + line.currency.code);
    value.set("base_amount", format_amount(absolute(line.base_amount), books.base_currency.decimal_places));
    value.set("exchange_rate", format_decimal(line.exchange_rate));
    value.set("description", text_or_null(line.description));
    value.set("reference", text_or_null(line.reference));
    return value;
}

}  // namespace

json::Value transaction_value(const service::Books& books, const domain::Transaction& transaction) {
    const int decimals = transaction.currency.decimal_places;
    auto value = json::Value::object();
    value.set("id", to_text(transaction.id)).set("object", "transaction");
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    value.set("type", transaction.type);
    value.set("reference_number", text_or_null(transaction.reference_number));
    value.set("description", text_or_null(transaction.description));
    value.set("transaction_date", format_date(transaction.transaction_date));
    value.set("posting_date", format_date(transaction.posting_date));
    value.set("status", domain::name_of(transaction.status));
    value.set("total_debits", format_amount(transaction.total_debits, decimals));
    value.set("total_credits", format_amount(transaction.total_credits, decimals));
    value.set("currency_id", "CUR_" + transaction.currency.code);
    value.set("account_id", id_or_null(transaction.account_id));
    value.set("contact_id", id_or_null(transaction.contact_id));
    value.set("category_id", id_or_null(transaction.category_id));
    value.set("document_id", json::Value::string_or_null(transaction.document_id));
    value.set("document_type", json::Value::string_or_null(transaction.document_type));
    value.set("payment_method", text_or_null(transaction.payment_method));
    value.set("reconciled", json::Value::boolean(transaction.is_reconciled));
    value.set("reverses_id", id_or_null(transaction.reverses_id));
    value.set("reversed_by_id", id_or_null(transaction.reversed_by_id));
    value.set("created_by", to_text(transaction.created_by));
    value.set("metadata", json::Value::raw(transaction.metadata));
    auto entries = json::Value::array();
    for (std::size_t i = 0; i < transaction.lines.size(); ++i) {
        entries.push(entry_value(books, transaction.id, i, transaction.lines[i]));
    }
    value.set("entries", std::move(entries));
    value.set("created_at", format_timestamp(transaction.created_at));
    value.set("updated_at", format_timestamp(transaction.updated_at));
    return value;
}

json::Value transaction_value(const service::Books& books, const domain::Transaction& transaction,
                              const std::vector<store::BalanceRow>& balances, store::Session& session) {
    auto value = transaction_value(books, transaction);
    auto list = json::Value::array();
    for (const auto& row : balances) {
        const int decimals = service::currencies::known(session, row.currency_code).decimal_places;
        auto balance = json::Value::object();
        balance.set("account_id", to_text(row.account_id)).set("currency_id", "CUR_" + row.currency_code);
        balance.set("debit", format_amount(row.debit, decimals))
            .set("credit", format_amount(row.credit, decimals));
        balance.set("net", format_amount(row.net(), decimals));
        balance.set("version", json::Value::integer(row.version));
        list.push(std::move(balance));
    }
    value.set("balances", std::move(list));
    return value;
}

json::Value summary_value(const domain::Transaction& transaction) {
    auto value = json::Value::object();
    value.set("id", to_text(transaction.id)).set("object", "transaction");
    value.set("status", domain::name_of(transaction.status));
    value.set("reference_number", text_or_null(transaction.reference_number));
    return value;
}

}  // namespace crane::transactions
