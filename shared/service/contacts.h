// Contacts: customers, vendors and others whom transactions and documents name.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::contacts {

struct ContactRow {
    ContactId id;
    std::string contact_type;  // customer, vendor, employee, other
    std::string name;
    std::string email;  // empty: none, as for every text below
    std::string phone;
    std::string website;
    std::string tax_number;
    std::string reference;
    std::string address;
    std::string city;
    std::string state;
    std::string zip_code;
    std::string country;
    std::string currency_code;
    bool is_enabled = true;
    std::string metadata = "{}";
    Timestamp created_at;
    Timestamp updated_at;
};

const store::ListDefinition& list_definition();
ContactRow read(store::Rows& rows);
std::optional<ContactRow> get(store::Session& session, std::uint32_t books_id, const ContactId& id);

// Held until the session ends. Throws resource_not_found.
ContactRow lock(Scope& scope, const ContactId& id);
// Each stamps `row` and notes its event; `row` was locked before a change.
void insert(Scope& scope, ContactRow& row);
void update(Scope& scope, ContactRow& row);
// Throws resource_not_found. What transactions name is refused by the store.
void remove(Scope& scope, const ContactId& id);

// Whether each of some contacts is enabled; those that there are not are absent.
// Held until the session ends, so that none is deleted before it is named. One query, or none for no ids.
std::map<ContactId, bool> hold(store::Session& session, std::uint32_t books_id,
                               const std::vector<ContactId>& ids);

}  // namespace crane::service::contacts
