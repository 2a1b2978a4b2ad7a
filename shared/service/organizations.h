// Organizations: making one with its two sets of books, chart and credits.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shared/base/date.h"
#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::organizations {

struct OrganizationRow {
    OrganizationId id;
    std::optional<OrganizationId> parent_id;
    OrganizationId root_id;
    std::string name;
    std::string domain;
    std::string tax_number;
    std::string address;
    std::string city;
    std::string state;
    std::string zip_code;
    std::string country;
    std::string timezone = "UTC";
    int fiscal_year_start = 1;
    std::string base_currency;
    std::string base_currency_name;
    std::string base_currency_symbol;
    int base_currency_decimal_places = 2;
    std::string relationship_type;  // empty for a root
    std::optional<Date> books_closed_through;
    bool require_draft_approval = false;
    std::string chart = "standard";
    std::optional<Timestamp> suspended_at;  // by itself, not by one above it
    std::string suspension_reason;
    std::string metadata = "{}";
    std::int64_t version = 1;
    Timestamp created_at;
    Timestamp updated_at;
};

// What a request needs to know of an organization.
struct OrganizationScope {
    OrganizationId id;
    OrganizationId root_id;
    Currency base_currency;
    std::string time_zone;
    std::int64_t version = 1;
    bool is_suspended = false;  // itself or one above it
    bool is_draft_approval_required = false;
    std::uint32_t live_books_id = 0;
    std::uint32_t test_books_id = 0;
    std::vector<OrganizationId> ancestors;  // itself first
    // So many of them, from itself on, have no linked organization between: their
    // keys reach its books, and it rolls up into them.
    std::size_t reaching_count = 0;

    Books books(bool livemode) const {
        return {livemode ? live_books_id : test_books_id, id, root_id, livemode, base_currency, time_zone};
    }
};

constexpr std::int64_t any_distance = 1'000'000;

// Scope: an ancestor and how far below it at most (0: itself only).
const store::ListDefinition& list_definition();
const store::ListDefinition& list_all_definition();  // an operator's
OrganizationRow read(store::Rows& rows);

std::optional<OrganizationRow> get(store::Session& session, const OrganizationId& id);
std::optional<OrganizationScope> scope_of(store::Session& session, const OrganizationId& id);
// A set of books by its own number, as whoever works without a request knows it.
std::optional<Books> find_books(store::Session& session, std::uint32_t books_id);
bool lock(store::Session& session, const OrganizationId& id);

// Writes the organization, both sets of books, their charts and settings, and
// for a root its credit pools. row.id is set by the caller. Throws Error for
// an unknown chart or currency.
void create(store::Session& session, OrganizationRow& row, std::int64_t initial_credits, Timestamp at);
void update(store::Session& session, const OrganizationRow& row);

}  // namespace crane::service::organizations
