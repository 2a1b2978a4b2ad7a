#include "handlers/contacts/operations.h"

#include "handlers/contacts/json.h"

namespace crane::contacts {
namespace {

ContactId id_in_path(const app::Call& call) {
    return call.path_id<ContactNoun>("contact_id");
}

json::Value create(app::Call& call, ContactBody& body) {
    service::contacts::ContactRow contact;
    contact.id = call.new_id<ContactNoun>();
    contact.currency_code = call.books().base_currency.code;
    apply(body, contact);
    service::contacts::insert(call.scope, contact);
    return contact_value(call.books(), contact);
}

json::Value update(app::Call& call, ContactBody& body) {
    auto contact = service::contacts::lock(call.scope, id_in_path(call));
    apply(body, contact);
    service::contacts::update(call.scope, contact);
    return contact_value(call.books(), contact);
}

json::Value remove(app::Call& call, void*) {
    service::contacts::remove(call.scope, id_in_path(call));
    return json::Value::null();
}

json::Value current(app::Call& call) {
    return contact_value(call.books(), service::contacts::lock(call.scope, id_in_path(call)));
}

}  // namespace

const app::Operation create_contact{
    .name = "contacts.create",
    .permission = {"contacts", "write"},
    .credits = 1,
    .status = 201,
    .resource_object = "contact",
    .resource_prefix = ContactNoun::prefix,
    .read = app::read_body<ContactBody, read_creation>,
    .run = app::run_body<ContactBody, create>,
};

const app::Operation update_contact{
    .name = "contacts.update",
    .permission = {"contacts", "write"},
    .credits = 1,
    .resource_object = "contact",
    .read = app::read_body<ContactBody, read_change>,
    .run = app::run_body<ContactBody, update>,
    .current = current,
};

const app::Operation delete_contact{
    .name = "contacts.delete",
    .permission = {"contacts", "delete"},
    .credits = 1,
    .status = 204,
    .resource_object = "contact",
    .run = remove,
    .current = current,
};

}  // namespace crane::contacts
