#include "shared/service/contacts.h"

#include "shared/base/error.h"
#include "shared/service/search.h"
#include "shared/store/queries.h"

namespace crane::service::contacts {
namespace {

// What q searches.
search::Findable findable(const ContactRow& row) {
    return {row.id.bytes, {row.name, row.email, row.reference, row.tax_number}, row.metadata};
}

}  // namespace

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::contacts_list,
        .id_column = "c.id",
        .id_prefix = ContactNoun::prefix,
        .sorts = {{"created_at", "c.created_at", "contacts_by_created_at"},
                  {"name", "c.name", "contacts_by_name"}},
        .filters = {{.name = "contact_type",
                     .column = "c.contact_type",
                     .index = {"contacts_by_type", "c.created_at"},
                     .choices = {"customer", "vendor", "employee", "other"}},
                    {"name", "c.name"},
                    {.name = "email", .column = "c.email", .index = {"contacts_by_email", "c.created_at"}},
                    {.name = "reference",
                     .column = "c.reference",
                     .index = {"contacts_by_reference", "c.created_at"}},
                    {.name = "tax_number",
                     .column = "c.tax_number",
                     .index = {"contacts_by_tax_number", "c.created_at"}},
                    {.name = "country",
                     .column = "c.country",
                     .index = {"contacts_by_country", "c.created_at"}},
                    {.name = "currency_id",
                     .column = "c.currency_code",
                     .type = store::FieldType::currency,
                     .index = {"contacts_by_currency", "c.created_at"}},
                    {.name = "enabled",
                     .column = "c.enabled",
                     .type = store::FieldType::flag,
                     .index = {"contacts_by_enabled", "c.created_at"}},
                    {"created_at", "c.created_at", store::FieldType::timestamp, true}},
        .search_object = "contact",
    };
    return definition;
}

ContactRow read(store::Rows& rows) {
    ContactRow row;
    row.id = rows.id<ContactNoun>();
    row.contact_type = rows.text();
    row.name = rows.text();
    row.email = rows.text();
    row.phone = rows.text();
    row.website = rows.text();
    row.tax_number = rows.text();
    row.reference = rows.text();
    row.address = rows.text();
    row.city = rows.text();
    row.state = rows.text();
    row.zip_code = rows.text();
    row.country = rows.text();
    row.currency_code = rows.text();
    row.is_enabled = rows.flag();
    row.metadata = rows.text();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

std::optional<ContactRow> get(store::Session& session, std::uint32_t books_id, const ContactId& id) {
    auto rows = session.query(sql::contacts_get, {books_id, id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

ContactRow lock(Scope& scope, const ContactId& id) {
    auto rows = scope.session.query(sql::contacts_lock, {scope.books.books_id, id});
    if (!rows.next()) throw Error(ErrorCode::resource_not_found, "There is no such contact.");
    return read(rows);
}

void insert(Scope& scope, ContactRow& row) {
    row.created_at = row.updated_at = scope.at;
    scope.session.execute(
        sql::contacts_insert,
        {scope.books.books_id, row.id, row.contact_type, row.name, row.email, row.phone, row.website,
         row.tax_number, row.reference, row.address, row.city, row.state, row.zip_code, row.country,
         row.currency_code, row.is_enabled, row.metadata, row.created_at, row.updated_at});
    search::add(scope.session, scope.books.books_id, search::contact, findable(row));
    scope.note("contact", to_text(row.id), "contact.created");
}

void update(Scope& scope, ContactRow& row) {
    row.updated_at = scope.at;
    scope.session.execute(
        sql::contacts_update,
        {row.contact_type, row.name, row.email, row.phone, row.website, row.tax_number, row.reference,
         row.address, row.city, row.state, row.zip_code, row.country, row.currency_code, row.is_enabled,
         row.metadata, row.updated_at, scope.books.books_id, row.id});
    search::change(scope.session, scope.books.books_id, search::contact, findable(row));
    scope.note("contact", to_text(row.id), "contact.updated");
}

void remove(Scope& scope, const ContactId& id) {
    lock(scope, id);
    scope.session.execute(sql::contacts_delete, {scope.books.books_id, id});
    search::remove(scope.session, scope.books.books_id, search::contact, id.bytes);
    scope.note("contact", to_text(id), "contact.deleted");
}

std::map<ContactId, bool> hold(store::Session& session, std::uint32_t books_id,
                               const std::vector<ContactId>& ids) {
    std::map<ContactId, bool> held;
    if (ids.empty()) return held;
    const store::Values before{books_id};
    const store::Values list(ids.begin(), ids.end());
    auto rows = session.query_list(sql::contacts_hold, before, list);
    while (rows.next()) {
        const auto id = rows.id<ContactNoun>();
        held[id] = rows.flag();
    }
    return held;
}

}  // namespace crane::service::contacts
