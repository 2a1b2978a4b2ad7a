#include "handlers/catalog/json.h"

#include <algorithm>

#include "shared/base/text.h"
#include "shared/service/currencies.h"

namespace crane::catalog {
namespace {

namespace categories = service::categories;
namespace items = service::items;
namespace taxes = service::taxes;

json::Value text_or_null(const std::string& text) {
    return json::Value::string_or_null_if_empty(text);
}

template <typename Noun>
json::Value id_or_null(const std::optional<Id<Noun>>& id) {
    return id ? json::Value::string(to_text(*id)) : json::Value::null();
}

template <typename Noun>
json::Value id_list(const std::vector<Id<Noun>>& ids) {
    auto list = json::Value::array();
    for (const auto& id : ids) list.push(json::Value::string(to_text(id)));
    return list;
}

json::Value begin(const service::Books& books, const std::string& id, const char* object) {
    auto value = json::Value::object();
    value.set("id", id).set("object", std::string_view(object));
    value.set("organization_id", to_text(books.organization_id));
    value.set("livemode", json::Value::boolean(books.livemode));
    return value;
}

template <typename Row>
json::Value& end(json::Value& value, const Row& row) {
    value.set("created_at", format_timestamp(row.created_at));
    return value.set("updated_at", format_timestamp(row.updated_at));
}

// "12.50", "0.0125": the currency's decimals, and more of them where the price has more.
std::string price_text(Decimal price, int currency_decimals) {
    auto text = format_decimal(price);
    const auto point = text.find('.');
    const auto least = point + 1 + static_cast<std::size_t>(std::min(currency_decimals, items::price_scale));
    while (text.size() > least && text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text;
}

json::Field<std::string> read_name(json::Reader& reader, json::Presence presence) {
    auto name = reader.text("name", 255, presence);
    if (presence == json::Presence::optional && name.has_value() && trim(*name.content).empty())
        reader.fault("name", "must not be empty");
    return name;
}

bool is_color(std::string_view text) {
    const auto is_digit = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    return text.size() == 7 && text[0] == '#' && std::ranges::all_of(text.substr(1), is_digit);
}

CategoryBody read_category(json::Reader& reader, json::Presence presence) {
    CategoryBody body;
    body.name = read_name(reader, presence);
    body.description = reader.text("description", 1000);
    body.color = reader.text("color", 7);
    if (body.color.has_value() && !is_color(*body.color.content))
        reader.fault("color", "must be a color such as #1E90FF");
    body.is_active = reader.boolean("is_active");
    body.parent_id = reader.id<CategoryNoun>("parent_id");
    body.account_id = reader.id<AccountNoun>("account_id");
    return body;
}

// At most `scale` decimals, not negative; a fault otherwise.
std::optional<Decimal> read_decimal(json::Reader& reader, const char* name, int scale,
                                    json::Presence presence, json::Field<std::string>& text) {
    text = reader.decimal_text(name, presence);
    if (!text.has_value()) return std::nullopt;
    const auto number = parse_decimal(*text.content, scale);
    if (number && number->digits >= 0 && text.content->front() != '-') return number;
    reader.fault(name,
                 "must be a decimal number from 0 on, of at most " + std::to_string(scale) + " decimals");
    return std::nullopt;
}

TaxBody read_tax(json::Reader& reader, json::Presence presence) {
    TaxBody body;
    body.name = read_name(reader, presence);
    body.description = reader.text("description", 1000);
    json::Field<std::string> text;
    body.rate = read_decimal(reader, "rate", taxes::rate_scale, presence, text);
    if (body.rate && body.rate->digits > taxes::most_rate)
        reader.fault("rate", "must be at most 1000 percent");
    body.tax_type = reader.choice("tax_type", {"sales_tax", "vat", "excise", "other"}, presence);
    body.is_active = reader.boolean("is_active");
    body.is_compound = reader.boolean("is_compound");
    body.is_inclusive = reader.boolean("is_inclusive");
    body.account_id = reader.id<AccountNoun>("account_id");
    return body;
}

void read_sku(json::Reader& reader, ItemBody& body) {
    body.sku = reader.text("sku", 64);
    if (body.sku.content == "") reader.fault("sku", "must not be empty; null takes the sku away");
    if (body.sku.has_value() && trim(*body.sku.content) != *body.sku.content)
        reader.fault("sku", "must not begin or end with a space");
}

void read_price(json::Reader& reader, ItemBody& body) {
    json::Field<std::string> text;
    body.price.content = read_decimal(reader, "price", items::price_scale, json::Presence::nullable, text);
    body.price.is_given = text.is_given;
}

void read_currency(json::Reader& reader, app::Call& call, ItemBody& body) {
    const auto id = reader.text("currency_id", 12, json::Presence::optional);
    if (!id.has_value()) return;
    const auto currency =
        service::currencies::find(call.session(), service::currencies::code_of(*id.content));
    if (!currency) return reader.fault("currency_id", "is not a currency; they are named like CUR_USD");
    body.currency_code = currency->code;
}

void read_tax_ids(json::Reader& reader, ItemBody& body) {
    const auto texts = reader.texts("tax_ids", items::most_taxes, 64);
    body.tax_ids.is_given = texts.is_given;
    if (!texts.has_value()) return;
    std::vector<TaxId> ids;
    for (const auto& text : *texts.content) {
        // What is malformed is answered like an id that no row has.
        const auto id = parse_id<TaxNoun>(text).value_or(TaxId{});
        if (id != TaxId{} && std::ranges::find(ids, id) != ids.end())
            reader.fault("tax_ids[" + std::to_string(ids.size()) + "]", "is given twice");
        ids.push_back(id);
    }
    body.tax_ids.content = std::move(ids);
}

ItemBody read_item(json::Reader& reader, app::Call& call, json::Presence presence) {
    ItemBody body;
    body.name = read_name(reader, presence);
    body.description = reader.text("description", 1000);
    read_sku(reader, body);
    body.item_type = reader.choice("item_type", {"product", "service", "other"}, presence);
    read_price(reader, body);
    read_currency(reader, call, body);
    read_tax_ids(reader, body);
    body.category_id = reader.id<CategoryNoun>("category_id");
    body.is_active = reader.boolean("is_active");
    return body;
}

void take(const json::Field<std::string>& field, std::string& target) {
    if (field.is_given) target = field.content.value_or("");
}
void take(const json::Field<bool>& field, bool& target) {
    if (field.has_value()) target = *field.content;
}
template <typename Content>
void take(const json::Field<Content>& field, std::optional<Content>& target) {
    if (field.is_given) target = field.content;
}

}  // namespace

json::Value category_value(const service::Books& books, const categories::CategoryRow& category,
                           const std::vector<CategoryId>& subcategories) {
    auto value = begin(books, to_text(category.id), "category");
    value.set("name", category.name).set("description", text_or_null(category.description));
    value.set("category_type", category.category_type).set("color", text_or_null(category.color));
    value.set("is_active", json::Value::boolean(category.is_active));
    value.set("parent_id", id_or_null(category.parent_id));
    value.set("subcategories", id_list(subcategories));
    value.set("account_id", id_or_null(category.account_id));
    end(value, category);
    return value;
}

json::Value tax_value(const service::Books& books, const taxes::TaxRow& tax) {
    auto value = begin(books, to_text(tax.id), "tax");
    value.set("name", tax.name).set("description", text_or_null(tax.description));
    value.set("rate", format_decimal(tax.rate)).set("tax_type", tax.tax_type);
    value.set("is_active", json::Value::boolean(tax.is_active));
    value.set("is_compound", json::Value::boolean(tax.is_compound));
    value.set("is_inclusive", json::Value::boolean(tax.is_inclusive));
    value.set("account_id", id_or_null(tax.account_id));
    end(value, tax);
    return value;
}

json::Value item_value(store::Session& session, const service::Books& books, const items::ItemRow& item) {
    const int decimals = service::currencies::known(session, item.currency_code).decimal_places;
    auto value = begin(books, to_text(item.id), "item");
    value.set("name", item.name).set("description", text_or_null(item.description));
    value.set("sku", text_or_null(item.sku)).set("item_type", item.item_type);
    value.set("price",
              item.price ? json::Value::string(price_text(*item.price, decimals)) : json::Value::null());
    value.set("currency_id", "CUR_" + item.currency_code);
    value.set("tax_ids", id_list(item.tax_ids));
    value.set("category_id", id_or_null(item.category_id));
    value.set("is_active", json::Value::boolean(item.is_active));
    end(value, item);
    return value;
}

CategoryBody read_category_creation(json::Reader& reader, app::Call&) {
    auto body = read_category(reader, json::Presence::required);
    body.category_type =
        reader.choice("category_type", {"income", "expense", "other"}, json::Presence::required);
    return body;
}
CategoryBody read_category_change(json::Reader& reader, app::Call&) {
    return read_category(reader, json::Presence::optional);
}

void apply(const CategoryBody& body, categories::CategoryRow& category) {
    take(body.name, category.name);
    take(body.description, category.description);
    take(body.category_type, category.category_type);
    take(body.color, category.color);
    take(body.is_active, category.is_active);
    take(body.parent_id, category.parent_id);
    take(body.account_id, category.account_id);
}

TaxBody read_tax_creation(json::Reader& reader, app::Call&) {
    return read_tax(reader, json::Presence::required);
}
TaxBody read_tax_change(json::Reader& reader, app::Call&) {
    return read_tax(reader, json::Presence::optional);
}

void apply(const TaxBody& body, taxes::TaxRow& tax) {
    take(body.name, tax.name);
    take(body.description, tax.description);
    if (body.rate) tax.rate = *body.rate;
    take(body.tax_type, tax.tax_type);
    take(body.is_active, tax.is_active);
    take(body.is_compound, tax.is_compound);
    take(body.is_inclusive, tax.is_inclusive);
    take(body.account_id, tax.account_id);
}

ItemBody read_item_creation(json::Reader& reader, app::Call& call) {
    return read_item(reader, call, json::Presence::required);
}
ItemBody read_item_change(json::Reader& reader, app::Call& call) {
    return read_item(reader, call, json::Presence::optional);
}

void apply(const ItemBody& body, items::ItemRow& item) {
    take(body.name, item.name);
    take(body.description, item.description);
    take(body.sku, item.sku);
    take(body.item_type, item.item_type);
    take(body.price, item.price);
    if (body.currency_code) item.currency_code = *body.currency_code;
    if (body.tax_ids.has_value()) item.tax_ids = *body.tax_ids.content;
    take(body.category_id, item.category_id);
    take(body.is_active, item.is_active);
}

}  // namespace crane::catalog
