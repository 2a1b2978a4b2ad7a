#include "shared/service/organizations.h"

#include <map>

#include "shared/domain/chart.h"
#include "shared/service/credit_grants.h"
#include "shared/service/credits.h"
#include "shared/service/currencies.h"
#include "shared/service/search.h"
#include "shared/store/accounts.h"
#include "shared/store/queries.h"

namespace crane::service::organizations {
namespace {

const std::vector<store::SortField> sorts{{"created_at", "o.id"}, {"name", "o.name"}};
const std::vector<store::FilterField> filters{
    {"name", "o.name"},
    {"is_root", "(o.parent_id is null)", store::FieldType::flag},
    {.name = "parent_organization_id",
     .column = "o.parent_id",
     .type = store::FieldType::id,
     .id_prefix = OrganizationNoun::prefix},
    {.name = "relationship_type", .column = "o.relationship_type", .choices = {"owned", "linked"}},
    {"is_suspended", "(o.suspended_at is not null)", store::FieldType::flag},
    {"created_at", "o.created_at", store::FieldType::timestamp, true},
};
const std::vector<const char*> search_columns{"o.name", "o.domain"};

std::string names_of_charts() {
    std::string names;
    for (const auto name : domain::chart_names()) names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
}

}  // namespace

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{.query = sql::organizations_list,
                                                  .id_column = "o.id",
                                                  .id_prefix = OrganizationNoun::prefix,
                                                  .sorts = sorts,
                                                  .filters = filters,
                                                  .search_columns = search_columns,
                                                  .metadata_column = "o.metadata"};
    return definition;
}

const store::ListDefinition& list_all_definition() {
    static const store::ListDefinition definition = [] {
        auto all = list_definition();
        all.query = sql::organizations_list_all;
        return all;
    }();
    return definition;
}

OrganizationRow read(store::Rows& rows) {
    OrganizationRow row;
    row.id = rows.id<OrganizationNoun>();
    row.parent_id = rows.optional_id<OrganizationNoun>();
    row.root_id = rows.id<OrganizationNoun>();
    row.name = rows.text();
    row.domain = rows.text();
    row.tax_number = rows.text();
    row.address = rows.text();
    row.city = rows.text();
    row.state = rows.text();
    row.zip_code = rows.text();
    row.country = rows.text();
    row.timezone = rows.text();
    row.fiscal_year_start = rows.small();
    row.base_currency = rows.text();
    row.base_currency_name = rows.text();
    row.base_currency_symbol = rows.text();
    row.base_currency_decimal_places = rows.small();
    row.relationship_type = rows.text();
    row.books_closed_through = rows.optional_date();
    row.require_draft_approval = rows.flag();
    row.chart = rows.text();
    row.suspended_at = rows.optional_timestamp();
    row.suspension_reason = rows.text();
    row.metadata = rows.text();
    row.version = rows.integer();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

std::optional<OrganizationRow> get(store::Session& session, const OrganizationId& id) {
    auto rows = session.query(sql::organizations_get, {id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

std::optional<OrganizationScope> scope_of(store::Session& session, const OrganizationId& id) {
    OrganizationScope scope;
    {
        auto rows = session.query(sql::organizations_scope, {id});
        if (!rows.next()) return std::nullopt;
        scope.id = rows.id<OrganizationNoun>();
        scope.root_id = rows.id<OrganizationNoun>();
        scope.base_currency.code = rows.text();
        scope.base_currency.decimal_places = rows.small();
        scope.time_zone = rows.text();
        scope.version = rows.integer();
        scope.is_suspended = rows.flag();
        scope.is_draft_approval_required = rows.flag();
        scope.live_books_id = static_cast<std::uint32_t>(rows.integer());
        scope.test_books_id = static_cast<std::uint32_t>(rows.integer());
    }
    auto rows = session.query(sql::organizations_ancestors, {id});
    while (rows.next()) {
        scope.ancestors.push_back(rows.id<OrganizationNoun>());
        if (rows.integer() == 0) ++scope.reaching_count;
    }
    return scope;
}

std::optional<Books> find_books(store::Session& session, std::uint32_t books_id) {
    OrganizationId organization_id;
    bool livemode = true;
    {
        auto rows = session.query(sql::organizations_scope_of_books, {books_id});
        if (!rows.next()) return std::nullopt;
        organization_id = rows.id<OrganizationNoun>();
        livemode = rows.flag();
    }
    const auto scope = scope_of(session, organization_id);
    if (!scope) return std::nullopt;
    return scope->books(livemode);
}

bool lock(store::Session& session, const OrganizationId& id) {
    return session.query(sql::organizations_lock, {id}).next();
}

namespace {

// The accounts of the chart and the settings that name their roles.
void write_chart(store::Session& session, std::uint32_t books_id, const OrganizationRow& row, Timestamp at) {
    std::vector<store::AccountRow> accounts;
    store::Values settings;
    std::map<std::string_view, AccountId> ids;  // a parent comes before those below it
    for (const auto& entry : domain::chart(row.chart)) {
        store::AccountRow account;
        account.id = make_id<AccountNoun>();
        account.name = entry.name;
        account.code = entry.code;
        account.type = entry.type;
        account.subtype = entry.subtype;
        account.currency_code = row.base_currency;
        account.is_system = !entry.role.empty();
        if (!entry.parent.empty()) account.parent_id = ids.at(entry.parent);
        ids.emplace(entry.code, account.id);
        account.created_at = account.updated_at = at;
        if (!entry.role.empty()) {
            settings.insert(settings.end(), {books_id, "accounts." + std::string(entry.role),
                                             to_text(account.id), to_text(account.id), at});
        }
        accounts.push_back(std::move(account));
    }
    store::accounts::insert(session, books_id, accounts);
    search::add_rows(session, books_id, search::account, std::span<const store::AccountRow>(accounts));
    session.insert_rows(sql::settings_put, 5, settings);
}

std::uint32_t insert_books(store::Session& session, const OrganizationId& id, bool livemode) {
    session.execute(sql::organizations_insert_books, {id, livemode, id});
    auto rows = session.query(sql::organizations_books_of, {id, livemode});
    rows.next();
    return static_cast<std::uint32_t>(rows.integer());
}

}  // namespace

void create(store::Session& session, OrganizationRow& row, std::int64_t initial_credits, Timestamp at) {
    std::vector<Fault> faults;
    if (!domain::has_chart(row.chart)) faults.push_back({"chart", "must be one of " + names_of_charts()});
    const auto code = currencies::code_of("CUR_" + row.base_currency);
    const auto currency = code.empty() ? std::nullopt : currencies::get(session, row.base_currency);
    if (!currency) faults.push_back({"base_currency_code", "is not a currency"});
    if (!faults.empty()) throw Error(std::move(faults));
    row.base_currency_name = currency->name;
    row.base_currency_symbol = currency->symbol;
    row.base_currency_decimal_places = currency->decimal_places;
    row.created_at = row.updated_at = at;
    session.execute(sql::organizations_insert,
                    {row.id, row.parent_id, row.root_id, row.name, row.domain, row.tax_number, row.address,
                     row.city, row.state, row.zip_code, row.country, row.timezone, row.fiscal_year_start,
                     row.base_currency, row.relationship_type, row.chart, row.metadata, at, at});
    session.execute(sql::organizations_insert_self, {row.id, row.id});
    if (row.parent_id) {
        const std::int64_t linked_count = row.relationship_type == "linked" ? 1 : 0;
        session.execute(sql::organizations_insert_ancestors, {row.id, linked_count, *row.parent_id});
    }
    for (const bool livemode : {true, false}) {
        write_chart(session, insert_books(session, row.id, livemode), row, at);
        if (row.parent_id) continue;
        credits::open_pool(session, row.id, livemode, initial_credits);
        credit_grants::record_initial(session, row.id, livemode, initial_credits, at);
    }
}

void update(store::Session& session, const OrganizationRow& row) {
    session.execute(sql::organizations_update,
                    {row.name, row.domain, row.tax_number, row.address, row.city, row.state, row.zip_code,
                     row.country, row.timezone, row.fiscal_year_start, row.books_closed_through,
                     row.require_draft_approval, row.metadata, row.updated_at, row.id});
}

}  // namespace crane::service::organizations
