#include "handlers/contacts/json.h"

#include <algorithm>

#include "shared/base/country.h"
#include "shared/base/text.h"
#include "shared/base/web_address.h"
#include "shared/service/currencies.h"

namespace crane::contacts {
namespace {

json::Value text_or_null(const std::string& text) {
    return json::Value::string_or_null_if_empty(text);
}

json::Value date_or_null(std::optional<Date> date) {
    return date ? json::Value::string(format_date(*date)) : json::Value::null();
}

// "local@domain" in visible ASCII or beyond it: what an address needs to be written to. Whether mail arrives,
// only sending tells.
bool is_email(std::string_view text) {
    const auto at = text.find('@');
    if (at == 0 || at == std::string_view::npos || at + 1 == text.size()) return false;
    if (text.find('@', at + 1) != std::string_view::npos) return false;
    return std::ranges::none_of(text, [](char c) { return c >= 0 && (c <= ' ' || c == '\x7f'); });
}

void read_email(json::Reader& reader, ContactBody& body) {
    body.email = reader.text("email", 255);
    if (body.email.has_value() && !is_email(*body.email.content)) {
        reader.fault("email", "must be an address of mail such as billing@example.com");
    }
}

void read_website(json::Reader& reader, ContactBody& body) {
    body.website = reader.text("website", 255);
    if (body.website.has_value() && !parse_web_address(*body.website.content)) {
        reader.fault("website", "must be the address of a website, such as https://example.com");
    }
}

void read_country(json::Reader& reader, ContactBody& body) {
    body.country = reader.text("country", 2);
    if (body.country.has_value() && !is_country_code(*body.country.content)) {
        reader.fault("country", "must be a country code of ISO 3166-1 such as DE");
    }
}

void read_currency(json::Reader& reader, app::Call& call, ContactBody& body) {
    const auto id = reader.text("currency_id", 12, json::Presence::optional);
    if (!id.has_value()) return;
    const auto currency =
        service::currencies::find(call.session(), service::currencies::code_of(*id.content));
    if (!currency) return reader.fault("currency_id", "is not a currency; they are named like CUR_USD");
    body.currency_code = currency->code;
}

ContactBody read(json::Reader& reader, app::Call& call, json::Presence presence) {
    ContactBody body;
    body.contact_type = reader.choice("contact_type", {"customer", "vendor", "employee", "other"}, presence);
    body.name = reader.text("name", 255, presence);
    read_email(reader, body);
    body.phone = reader.text("phone", 64);
    read_website(reader, body);
    body.tax_number = reader.text("tax_number", 64);
    body.reference = reader.text("reference", 100);
    body.address = reader.text("address", 500);
    body.city = reader.text("city", 255);
    body.state = reader.text("state", 255);
    body.zip_code = reader.text("zip_code", 32);
    read_country(reader, body);
    read_currency(reader, call, body);
    body.is_enabled = reader.boolean("enabled");
    body.metadata = reader.metadata();
    return body;
}

void take(const json::Field<std::string>& field, std::string& target) {
    if (field.is_given) target = field.content.value_or("");
}

json::Value begin(const service::Books& books, const char* object, const ContactId& id) {
    auto value = json::Value::object();
    value.set("object", std::string_view(object)).set("contact_id", to_text(id));
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    return value;
}

// The figures of one currency.
json::Value& set_figures(json::Value& value, store::Session& session,
                         const service::contact_accounts::Balance& balance) {
    const int decimals = service::currencies::known(session, balance.currency_code).decimal_places;
    value.set("currency_id", "CUR_" + balance.currency_code);
    value.set("receivable", format_amount(balance.receivable, decimals));
    value.set("payable", format_amount(balance.payable, decimals));
    value.set("customer_credit", format_amount(balance.customer_credit, decimals));
    value.set("vendor_credit", format_amount(balance.vendor_credit, decimals));
    return value.set("net", format_amount(balance.net(), decimals));
}

json::Value line_value(const service::contact_accounts::StatementLine& line, int decimals) {
    auto value = json::Value::object();
    value.set("transaction_id", to_text(line.transaction_id)).set("type", line.type);
    value.set("status", line.status);
    value.set("posting_date", format_date(line.posting_date));
    value.set("transaction_date", format_date(line.transaction_date));
    value.set("description", text_or_null(line.description));
    value.set("reference_number", text_or_null(line.reference_number));
    value.set("debit", format_amount(line.debit, decimals));
    value.set("credit", format_amount(line.credit, decimals));
    value.set("balance", format_amount(line.balance, decimals));
    return value;
}

}  // namespace

json::Value contact_value(const service::Books& books, const service::contacts::ContactRow& contact) {
    auto value = json::Value::object();
    value.set("id", to_text(contact.id)).set("object", "contact");
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    value.set("contact_type", contact.contact_type).set("name", contact.name);
    value.set("email", text_or_null(contact.email)).set("phone", text_or_null(contact.phone));
    value.set("website", text_or_null(contact.website));
    value.set("tax_number", text_or_null(contact.tax_number));
    value.set("reference", text_or_null(contact.reference));
    value.set("address", text_or_null(contact.address)).set("city", text_or_null(contact.city));
    value.set("state", text_or_null(contact.state)).set("zip_code", text_or_null(contact.zip_code));
    value.set("country", text_or_null(contact.country));
    value.set("currency_id", "CUR_" + contact.currency_code);
    value.set("enabled", json::Value::boolean(contact.is_enabled));
    value.set("metadata", json::Value::raw(contact.metadata));
    value.set("created_at", format_timestamp(contact.created_at));
    value.set("updated_at", format_timestamp(contact.updated_at));
    return value;
}

json::Value balance_value(store::Session& session, const service::Books& books, const ContactId& id,
                          const std::vector<service::contact_accounts::Balance>& balances) {
    auto value = begin(books, "contact_balance", id);
    set_figures(value, session, balances.front());
    auto list = json::Value::array();
    for (const auto& balance : balances) {
        auto figures = json::Value::object();
        set_figures(figures, session, balance);
        list.push(std::move(figures));
    }
    value.set("balances", std::move(list));
    return value;
}

json::Value statement_value(store::Session& session, const service::Books& books, const ContactId& id,
                            const service::contact_accounts::StatementRequest& request,
                            const service::contact_accounts::Statement& statement) {
    const int decimals = service::currencies::known(session, request.currency_code).decimal_places;
    auto value = begin(books, "contact_statement", id);
    value.set("currency_id", "CUR_" + request.currency_code);
    value.set("from", date_or_null(request.from)).set("to", date_or_null(request.to));
    value.set("opening_balance", format_amount(statement.opening_balance, decimals));
    value.set("closing_balance", format_amount(statement.closing_balance, decimals));
    auto lines = json::Value::array();
    for (const auto& line : statement.lines) lines.push(line_value(line, decimals));
    value.set("lines", std::move(lines));
    value.set("has_more", json::Value::boolean(statement.has_more));
    return value;
}

ContactBody read_creation(json::Reader& reader, app::Call& call) {
    return read(reader, call, json::Presence::required);
}

ContactBody read_change(json::Reader& reader, app::Call& call) {
    auto body = read(reader, call, json::Presence::optional);
    if (body.name.has_value() && trim(*body.name.content).empty()) reader.fault("name", "must not be empty");
    return body;
}

void apply(const ContactBody& body, service::contacts::ContactRow& contact) {
    take(body.contact_type, contact.contact_type);
    take(body.name, contact.name);
    take(body.email, contact.email);
    take(body.phone, contact.phone);
    take(body.website, contact.website);
    take(body.tax_number, contact.tax_number);
    take(body.reference, contact.reference);
    take(body.address, contact.address);
    take(body.city, contact.city);
    take(body.state, contact.state);
    take(body.zip_code, contact.zip_code);
    take(body.country, contact.country);
    if (body.currency_code) contact.currency_code = *body.currency_code;
    if (body.is_enabled.has_value()) contact.is_enabled = *body.is_enabled.content;
    if (body.metadata.is_given) contact.metadata = body.metadata.content.value_or("{}");
}

}  // namespace crane::contacts
