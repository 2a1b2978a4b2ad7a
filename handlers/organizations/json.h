// Organizations on the wire.
#pragma once

#include "shared/app/operation.h"
#include "shared/service/organizations.h"

namespace crane::organizations {

json::Value organization_value(const service::organizations::OrganizationRow& row, bool livemode);

// A creation or a change: what is not given stays as it is.
struct OrganizationBody {
    json::Field<std::string> name;
    json::Field<std::string> domain;
    json::Field<std::string> tax_number;
    json::Field<std::string> address;
    json::Field<std::string> city;
    json::Field<std::string> state;
    json::Field<std::string> zip_code;
    json::Field<std::string> country;
    json::Field<std::string> timezone;
    json::Field<std::int64_t> fiscal_year_start;
    json::Field<std::string> metadata;
    // Of a creation.
    json::Field<std::string> base_currency_code;
    json::Field<std::string> chart;
    json::Field<OrganizationId> parent_organization_id;
    json::Field<std::string> relationship_type;
    json::Field<std::int64_t> initial_credits;
    // Of a change.
    json::Field<Date> books_closed_through;
    json::Field<bool> require_draft_approval;
};
OrganizationBody read_creation(json::Reader& reader, app::Call& call);
OrganizationBody read_change(json::Reader& reader, app::Call& call);
// The fields that a creation and a change share.
void apply(const OrganizationBody& body, service::organizations::OrganizationRow& row);

}  // namespace crane::organizations
