#include "handlers/transactions/routes.h"

#include "handlers/transactions/json.h"
#include "handlers/transactions/operations.h"
#include "shared/store/transactions.h"

namespace crane::transactions {
namespace {

json::Value list(app::Call& call) {
    std::vector<domain::Transaction> rows;
    const store::Values scope{call.books().books_id};
    const auto page = store::read_page(call.session(), store::transactions::list_definition(), *call.list,
                                       scope, store::transactions::read, rows);
    service::ledger::complete(call.session(), call.books(), rows);
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(transaction_value(call.books(), row));
    return app::list_value(std::move(items), page);
}

json::Value get(app::Call& call) {
    const bool is_balance_wanted = call.includes("balances");
    const auto id = call.path_id<TransactionNoun>("transaction_id");
    const auto found = service::ledger::get(call.session(), call.books(), id);
    if (!found) app::Call::throw_not_found();
    if (!is_balance_wanted) return transaction_value(call.books(), *found);
    const auto balances = service::ledger::balances_of(call.session(), call.books(), *found);
    return transaction_value(call.books(), *found, balances, call.session());
}

constexpr std::string_view all = "/organizations/{organization_id}/transactions";
constexpr std::string_view one = "/organizations/{organization_id}/transactions/{transaction_id}";

app::Route write(std::string_view method, std::string_view pattern, const app::Operation& operation,
                 std::vector<std::string_view> query = {}) {
    return {.method = method,
            .pattern = pattern,
            .permission = operation.permission,
            .operation = &operation,
            .query = std::move(query)};
}

}  // namespace

app::Family family() {
    const app::Permission may_read{"transactions", "read"};
    return {"transactions",
            {
                {.method = "GET",
                 .pattern = all,
                 .permission = may_read,
                 .read = list,
                 .list = store::transactions::list_definition},
                write("POST", all, create_transaction, {"include"}),
                {.method = "GET",
                 .pattern = one,
                 .permission = may_read,
                 .read = get,
                 .shape = app::Shape::resource,
                 .query = {"include"}},
                write("PUT", one, update_transaction),
                write("DELETE", one, delete_transaction),
                write("POST", "/organizations/{organization_id}/transactions/{transaction_id}/post",
                      post_transaction, {"include"}),
                write("POST", "/organizations/{organization_id}/transactions/{transaction_id}/reverse",
                      reverse_transaction, {"include"}),
                write("POST", "/organizations/{organization_id}/transactions/batch", batch_transactions),
            }};
}

}  // namespace crane::transactions
