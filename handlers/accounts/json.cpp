#include "handlers/accounts/json.h"

#include "shared/base/text.h"
#include "shared/service/currencies.h"

namespace crane::accounts {
namespace {

json::Value amount(Wide money, int decimal_places) {
    return json::Value::string(format_amount(money, decimal_places));
}

json::Value begin(const service::Books& books, const std::string& id, const char* object) {
    auto value = json::Value::object();
    value.set("id", id).set("object", std::string_view(object));
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    return value;
}

void read_common(json::Reader& reader, AccountBody& body, json::Presence name_presence) {
    body.name = reader.text("name", 255, name_presence);
    body.code = reader.text("code", 32);
    if (body.code.content == "") reader.fault("code", "must not be empty; null takes the code away");
    if (body.code.has_value() && trim(*body.code.content) != *body.code.content) {
        reader.fault("code", "must not begin or end with a space");
    }
    body.subtype = reader.text("subtype", 64);
    body.description = reader.text("description", 1000);
    body.is_active = reader.boolean("is_active");
    body.parent_id = reader.id<AccountNoun>("parent_id");
    body.metadata = reader.metadata();
}

}  // namespace

json::Value account_value(store::Session& session, const service::Books& books,
                          const store::AccountRow& account) {
    const int decimals = service::currencies::known(session, account.currency_code).decimal_places;
    auto value = begin(books, to_text(account.id), "account");
    value.set("name", account.name);
    value.set("code", json::Value::string_or_null_if_empty(account.code));
    value.set("type", account.type);
    value.set("subtype", json::Value::string_or_null_if_empty(account.subtype));
    value.set("currency_id", "CUR_" + account.currency_code);
    value.set("description", json::Value::string_or_null_if_empty(account.description));
    value.set("is_active", json::Value::boolean(account.is_active));
    value.set("parent_id",
              account.parent_id ? json::Value::string(to_text(*account.parent_id)) : json::Value::null());
    value.set("is_system", json::Value::boolean(account.is_system));
    auto balance = json::Value::object();
    balance.set("debit", amount(account.debit, decimals)).set("credit", amount(account.credit, decimals));
    balance.set("net", amount(account.debit - account.credit, decimals));
    value.set("balance", std::move(balance));
    value.set("metadata", json::Value::raw(account.metadata));
    value.set("created_at", format_timestamp(account.created_at));
    value.set("updated_at", format_timestamp(account.updated_at));
    return value;
}

json::Value balance_value(store::Session& session, const service::Books& books,
                          const store::BalanceRow& balance, std::optional<Date> as_of,
                          std::optional<Timestamp> known_at) {
    const int decimals = service::currencies::known(session, balance.currency_code).decimal_places;
    auto value = json::Value::object();
    value.set("object", "balance").set("account_id", to_text(balance.account_id));
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    value.set("currency_id", "CUR_" + balance.currency_code);
    value.set("debit", amount(balance.debit, decimals)).set("credit", amount(balance.credit, decimals));
    value.set("net", amount(balance.debit - balance.credit, decimals));
    value.set("version", json::Value::integer(balance.version));
    value.set("as_of", as_of ? json::Value::string(format_date(*as_of)) : json::Value::null());
    value.set("known_at", known_at ? json::Value::string(format_timestamp(*known_at)) : json::Value::null());
    return value;
}

json::Value activity_value(const service::Books& books, const AccountId& account_id,
                           const store::ActivityRow& row, Wide running_balance, int decimal_places) {
    auto value = begin(books, to_text(row.transaction_id), "account_transaction");
    value.set("transaction_id", to_text(row.transaction_id)).set("account_id", to_text(account_id));
    value.set("posting_date", format_date(row.posting_date));
    value.set("transaction_date", format_date(row.transaction_date));
    value.set("description", json::Value::string_or_null_if_empty(row.description));
    value.set("reference_number", json::Value::string_or_null_if_empty(row.reference_number));
    value.set("status", row.status);
    value.set("debit", amount(row.debit, decimal_places)).set("credit", amount(row.credit, decimal_places));
    value.set("net", amount(row.debit - row.credit, decimal_places));
    value.set("running_balance", amount(running_balance, decimal_places));
    value.set("created_at", format_timestamp(row.created_at));
    return value;
}

AccountBody read_creation(json::Reader& reader) {
    AccountBody body;
    read_common(reader, body, json::Presence::required);
    body.type = reader.choice("type", {"asset", "liability", "equity", "revenue", "expense"},
                              json::Presence::required);
    body.currency_id = reader.text("currency_id", 12, json::Presence::optional);
    return body;
}

AccountBody read_change(json::Reader& reader) {
    AccountBody body;
    read_common(reader, body, json::Presence::optional);
    if (body.name.content == "") {
        reader.fault("name", "must not be empty");
    }
    return body;
}

}  // namespace crane::accounts
