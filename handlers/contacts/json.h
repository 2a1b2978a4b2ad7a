// Contacts on the wire.
#pragma once

#include "shared/app/operation.h"
#include "shared/service/contact_accounts.h"

namespace crane::contacts {

json::Value contact_value(const service::Books& books, const service::contacts::ContactRow& contact);
json::Value balance_value(store::Session& session, const service::Books& books, const ContactId& id,
                          const std::vector<service::contact_accounts::Balance>& balances);
json::Value statement_value(store::Session& session, const service::Books& books, const ContactId& id,
                            const service::contact_accounts::StatementRequest& request,
                            const service::contact_accounts::Statement& statement);

// A creation or a change: what is not given stays as it is.
struct ContactBody {
    json::Field<std::string> contact_type;
    json::Field<std::string> name;
    json::Field<std::string> email;
    json::Field<std::string> phone;
    json::Field<std::string> website;
    json::Field<std::string> tax_number;
    json::Field<std::string> reference;
    json::Field<std::string> address;
    json::Field<std::string> city;
    json::Field<std::string> state;
    json::Field<std::string> zip_code;
    json::Field<std::string> country;
    std::optional<std::string> currency_code;
    json::Field<bool> is_enabled;
    json::Field<std::string> metadata;
};
ContactBody read_creation(json::Reader& reader, app::Call& call);
ContactBody read_change(json::Reader& reader, app::Call& call);
void apply(const ContactBody& body, service::contacts::ContactRow& contact);

}  // namespace crane::contacts
