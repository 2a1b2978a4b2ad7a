#include "shared/service/taxes.h"

#include "shared/base/error.h"
#include "shared/service/search.h"
#include "shared/store/accounts.h"
#include "shared/store/queries.h"

namespace crane::service::taxes {
namespace {

// What q searches.
search::Findable findable(const TaxRow& row) {
    return {row.id.bytes, {row.name, row.description}, {}};
}

// A tax is owed to the state or comes back from it, or is a cost where nobody pays it back.
void refuse_account(Scope& scope, const TaxRow& row) {
    if (!row.account_id) return;
    const auto books_id = scope.books.books_id;
    const bool is_there = store::accounts::lock(scope.session, books_id, *row.account_id);
    const auto account =
        is_there ? store::accounts::get(scope.session, books_id, *row.account_id) : std::nullopt;
    if (!account) throw faulty_field("account_id", "is not an account of this organization");
    if (!account->is_active) throw faulty_field("account_id", "is an account that is not active");
    if (account->type != "asset" && account->type != "liability" && account->type != "expense")
        throw faulty_field("account_id", "must be an asset, liability or expense account");
}

}  // namespace

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::taxes_list,
        .id_column = "t.id",
        .id_prefix = TaxNoun::prefix,
        .sorts = {{"created_at", "t.created_at", "taxes_by_created_at"}, {"name", "t.name", "taxes_by_name"}},
        .filters = {{"name", "t.name"},
                    {.name = "tax_type",
                     .column = "t.tax_type",
                     .index = {"taxes_by_type", "t.created_at"},
                     .choices = {"sales_tax", "vat", "excise", "other"}},
                    {.name = "is_active",
                     .column = "t.is_active",
                     .type = store::FieldType::flag,
                     .index = {"taxes_by_activity", "t.created_at"}},
                    {.name = "is_compound",
                     .column = "t.is_compound",
                     .type = store::FieldType::flag,
                     .index = {"taxes_by_compound", "t.created_at"}},
                    {.name = "is_inclusive",
                     .column = "t.is_inclusive",
                     .type = store::FieldType::flag,
                     .index = {"taxes_by_inclusive", "t.created_at"}},
                    {.name = "account_id",
                     .column = "t.account_id",
                     .type = store::FieldType::id,
                     .id_prefix = AccountNoun::prefix,
                     .index = {"taxes_by_account", "t.created_at"}},
                    {"created_at", "t.created_at", store::FieldType::timestamp, true}},
        .search_object = "tax",
        .has_metadata = false,
    };
    return definition;
}

TaxRow read(store::Rows& rows) {
    TaxRow row;
    row.id = rows.id<TaxNoun>();
    row.name = rows.text();
    row.description = rows.text();
    row.rate.digits = rows.integer();
    row.tax_type = rows.text();
    row.is_active = rows.flag();
    row.is_compound = rows.flag();
    row.is_inclusive = rows.flag();
    row.account_id = rows.optional_id<AccountNoun>();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

std::optional<TaxRow> get(store::Session& session, std::uint32_t books_id, const TaxId& id) {
    auto rows = session.query(sql::taxes_get, {books_id, id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

TaxRow lock(Scope& scope, const TaxId& id) {
    auto rows = scope.session.query(sql::taxes_lock, {scope.books.books_id, id});
    if (!rows.next()) throw Error(ErrorCode::resource_not_found, "There is no such tax.");
    return read(rows);
}

void insert(Scope& scope, TaxRow& row) {
    refuse_account(scope, row);
    row.created_at = row.updated_at = scope.at;
    scope.session.execute(
        sql::taxes_insert,
        {scope.books.books_id, row.id, row.name, row.description, row.rate.digits, row.tax_type,
         row.is_active, row.is_compound, row.is_inclusive, row.account_id, row.created_at, row.updated_at});
    search::add(scope.session, scope.books.books_id, search::tax, findable(row));
    scope.note("tax", to_text(row.id), "tax.created");
}

void update(Scope& scope, TaxRow& row, AccountCheck check) {
    if (check == AccountCheck::yes) refuse_account(scope, row);
    row.updated_at = scope.at;
    scope.session.execute(sql::taxes_update, {row.name, row.description, row.rate.digits, row.tax_type,
                                              row.is_active, row.is_compound, row.is_inclusive,
                                              row.account_id, row.updated_at, scope.books.books_id, row.id});
    search::change(scope.session, scope.books.books_id, search::tax, findable(row));
    scope.note("tax", to_text(row.id), "tax.updated");
}

void remove(Scope& scope, const TaxId& id) {
    lock(scope, id);
    scope.session.execute(sql::taxes_delete, {scope.books.books_id, id});
    search::remove(scope.session, scope.books.books_id, search::tax, id.bytes);
    scope.note("tax", to_text(id), "tax.deleted");
}

std::map<TaxId, bool> hold(store::Session& session, std::uint32_t books_id, const std::vector<TaxId>& ids) {
    std::map<TaxId, bool> held;
    if (ids.empty()) return held;
    const store::Values before{books_id};
    const store::Values list(ids.begin(), ids.end());
    auto rows = session.query_list(sql::taxes_hold, before, list);
    while (rows.next()) {
        const auto id = rows.id<TaxNoun>();
        held[id] = rows.flag();
    }
    return held;
}

}  // namespace crane::service::taxes
