#include "handlers/organizations/json.h"

#include "shared/base/time_zone.h"

namespace crane::organizations {
namespace {

json::Value text_or_null(const std::string& text) {
    return json::Value::string_or_null_if_empty(text);
}

// ISO 3166-1 alpha-2: two capitals. Which of them are countries changes.
bool is_country_code(std::string_view text) {
    return text.size() == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z';
}

void read_common(json::Reader& reader, OrganizationBody& body, json::Presence name_presence) {
    body.name = reader.text("name", 255, name_presence);
    body.domain = reader.text("domain", 255);
    body.tax_number = reader.text("tax_number", 64);
    body.address = reader.text("address", 500);
    body.city = reader.text("city", 255);
    body.state = reader.text("state", 255);
    body.zip_code = reader.text("zip_code", 32);
    body.country = reader.text("country", 2);
    if (body.country.has_value() && !is_country_code(*body.country.content)) {
        reader.fault("country", "must be a country code of ISO 3166-1 such as DE");
    }
    body.timezone = reader.text("timezone", 64, json::Presence::optional);
    if (body.timezone.has_value() && !is_time_zone(*body.timezone.content)) {
        reader.fault("timezone", "must be an IANA time zone such as Europe/Berlin");
    }
    body.fiscal_year_start = reader.integer("fiscal_year_start", 1, 12);
    body.metadata = reader.metadata();
}

void take(const json::Field<std::string>& field, std::string& target) {
    if (field.is_given) target = field.content.value_or("");
}

}  // namespace

json::Value organization_value(const service::organizations::OrganizationRow& row, bool livemode) {
    auto value = json::Value::object();
    value.set("id", to_text(row.id)).set("object", "organization").set("organization_id", to_text(row.id));
    value.set("livemode", json::Value::boolean(livemode));
    value.set("name", row.name).set("domain", text_or_null(row.domain));
    value.set("tax_number", text_or_null(row.tax_number)).set("address", text_or_null(row.address));
    value.set("city", text_or_null(row.city)).set("state", text_or_null(row.state));
    value.set("zip_code", text_or_null(row.zip_code)).set("country", text_or_null(row.country));
    value.set("timezone", row.timezone);
    value.set("fiscal_year_start", json::Value::integer(row.fiscal_year_start));
    auto currency = json::Value::object();
    currency.set("code", row.base_currency)
        .set("name", row.base_currency_name)
        .set("symbol", row.base_currency_symbol);
    currency.set("decimal_places", json::Value::integer(row.base_currency_decimal_places));
    value.set("base_currency", std::move(currency));
    value.set("is_root", json::Value::boolean(!row.parent_id.has_value()));
    value.set("parent_organization_id",
              row.parent_id ? json::Value::string(to_text(*row.parent_id)) : json::Value::null());
    value.set("relationship_type", text_or_null(row.relationship_type));
    value.set("billing_type", "shared");
    value.set("books_closed_through", row.books_closed_through
                                          ? json::Value::string(format_date(*row.books_closed_through))
                                          : json::Value::null());
    value.set("require_draft_approval", json::Value::boolean(row.require_draft_approval));
    value.set("chart", row.chart);
    value.set("suspended_at", row.suspended_at ? json::Value::string(format_timestamp(*row.suspended_at))
                                               : json::Value::null());
    value.set("suspension_reason", text_or_null(row.suspension_reason));
    value.set("metadata", json::Value::raw(row.metadata));
    value.set("created_at", format_timestamp(row.created_at));
    value.set("updated_at", format_timestamp(row.updated_at));
    return value;
}

OrganizationBody read_creation(json::Reader& reader, app::Call& call) {
    OrganizationBody body;
    read_common(reader, body, json::Presence::required);
    body.base_currency_code = reader.text("base_currency_code", 8, json::Presence::optional);
    body.chart = reader.text("chart", 64, json::Presence::optional);
    body.parent_organization_id = reader.id<OrganizationNoun>("parent_organization_id");
    body.relationship_type = reader.choice("relationship_type", {"owned", "linked"});
    body.initial_credits = reader.integer("initial_credits", 0, 1'000'000'000'000);
    const bool is_operator = call.principal.is_operator();
    if (body.initial_credits.has_value() && !is_operator) {
        reader.fault("initial_credits", "can be given by an operator only");
    }
    if (body.parent_organization_id.has_value() && is_operator) {
        reader.fault("parent_organization_id", "does not go with an operator's key, which makes roots");
    }
    return body;
}

OrganizationBody read_change(json::Reader& reader, app::Call&) {
    OrganizationBody body;
    read_common(reader, body, json::Presence::optional);
    body.books_closed_through = reader.date("books_closed_through", json::Presence::nullable);
    body.require_draft_approval = reader.boolean("require_draft_approval");
    if (body.name.content == "") {
        reader.fault("name", "must not be empty");
    }
    return body;
}

void apply(const OrganizationBody& body, service::organizations::OrganizationRow& row) {
    take(body.name, row.name);
    take(body.domain, row.domain);
    take(body.tax_number, row.tax_number);
    take(body.address, row.address);
    take(body.city, row.city);
    take(body.state, row.state);
    take(body.zip_code, row.zip_code);
    take(body.country, row.country);
    if (body.timezone.is_given) row.timezone = body.timezone.content.value_or("UTC");
    if (body.fiscal_year_start.is_given)
        row.fiscal_year_start = static_cast<int>(body.fiscal_year_start.content.value_or(1));
    if (body.metadata.is_given) row.metadata = body.metadata.content.value_or("{}");
    if (body.books_closed_through.is_given) row.books_closed_through = body.books_closed_through.content;
    if (body.require_draft_approval.has_value())
        row.require_draft_approval = *body.require_draft_approval.content;
}

}  // namespace crane::organizations
