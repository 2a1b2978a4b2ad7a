#include "shared/service/credit_grants.h"

#include "shared/json/json.h"
#include "shared/service/credit_pools.h"
#include "shared/service/credits.h"
#include "shared/store/queries.h"

namespace crane::service::credit_grants {
namespace {

void insert(store::Session& session, const OrganizationId& payer_id, const GrantRow& row) {
    session.execute(sql::billing_insert_grant, {payer_id, row.id, row.livemode, row.kind, row.credits,
                                                row.reason, row.purchase_id, row.created_by, row.created_at});
}

void note(Scope& scope, const GrantRow& grant) {
    auto metadata = json::Value::object();
    metadata.set("credits", json::Value::integer(grant.credits));
    metadata.set("reason", json::Value::string_or_null_if_empty(grant.reason));
    if (grant.purchase_id) metadata.set("purchase_id", to_text(*grant.purchase_id));
    scope.note("credit_grant", to_text(grant.id), "credits.granted", metadata.dump());
}

}  // namespace

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::billing_list_grants,
        .id_column = "g.id",
        .id_prefix = CreditGrantNoun::prefix,
        .sorts = {{"created_at", "g.id"}},
        .filters = {{.name = "kind", .column = "g.kind", .choices = {"initial", "grant", "purchase"}},
                    {"livemode", "g.livemode", store::FieldType::flag},
                    {"created_at", "g.created_at", store::FieldType::timestamp, true}},
    };
    return definition;
}

GrantRow read(store::Rows& rows) {
    GrantRow row;
    row.id = rows.id<CreditGrantNoun>();
    row.livemode = rows.flag();
    row.kind = rows.text();
    row.credits = rows.integer();
    row.reason = rows.text();
    row.purchase_id = rows.optional_id<CreditPurchaseNoun>();
    row.created_by = rows.optional_id<ApiKeyNoun>();
    row.created_at = rows.timestamp();
    return row;
}

void give(Scope& scope, GrantRow& grant) {
    const auto& books = scope.books;
    grant.livemode = books.livemode;
    grant.created_by = scope.actor.api_key_id;
    grant.created_at = scope.at;
    credits::add(scope.session, books.organization_id, books.livemode, grant.credits);
    insert(scope.session, books.organization_id, grant);
    note(scope, grant);
    credit_pools::settle(scope);
}

void record_initial(store::Session& session, const OrganizationId& payer_id, bool livemode,
                    std::int64_t credits, Timestamp at) {
    if (credits == 0) return;
    GrantRow row;
    row.id = make_id<CreditGrantNoun>();
    row.livemode = livemode;
    row.kind = "initial";
    row.credits = credits;
    row.created_at = at;
    insert(session, payer_id, row);
}

}  // namespace crane::service::credit_grants
