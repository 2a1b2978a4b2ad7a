#include "handlers/accounts/routes.h"

#include "handlers/accounts/json.h"
#include "handlers/accounts/operations.h"
#include "shared/service/chart_of_accounts.h"
#include "shared/service/currencies.h"

namespace crane::accounts {
namespace {

json::Value list(app::Call& call) {
    std::vector<store::AccountRow> rows;
    const store::Values scope{call.books().books_id};
    const auto page = store::read_page(call.session(), store::accounts::list_definition(), *call.list, scope,
                                       store::accounts::read, rows);
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(account_value(call.session(), call.books(), row));
    return app::list_value(std::move(items), page);
}

store::AccountRow find(app::Call& call) {
    auto row =
        store::accounts::get(call.session(), call.books().books_id, call.path_id<AccountNoun>("account_id"));
    if (!row) app::Call::throw_not_found();
    return std::move(*row);
}

json::Value get(app::Call& call) {
    return account_value(call.session(), call.books(), find(call));
}

json::Value balance(app::Call& call) {
    const auto as_of = call.date_parameter("as_of");
    const auto known_at = call.timestamp_parameter("known_at");
    const auto row = service::chart_of_accounts::balance(
        call.session(), call.books(), call.path_id<AccountNoun>("account_id"), as_of, known_at);
    if (!row) app::Call::throw_not_found();
    return balance_value(call.session(), call.books(), *row, as_of, known_at);
}

json::Value activity(app::Call& call) {
    const auto account = find(call);
    std::vector<store::ActivityRow> rows;
    const store::Values scope{call.books().books_id, account.id};
    const auto page = store::read_page(call.session(), store::accounts::activity_definition(), *call.list,
                                       scope, store::accounts::read_activity, rows);
    const auto balances =
        service::chart_of_accounts::running_balances(call.session(), call.books(), account, rows);
    const int decimals = service::currencies::known(call.session(), account.currency_code).decimal_places;
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        items.push_back(activity_value(call.books(), account.id, rows[i], balances[i], decimals));
    }
    return app::list_value(std::move(items), page);
}

constexpr std::string_view all = "/organizations/{organization_id}/accounts";
constexpr std::string_view one = "/organizations/{organization_id}/accounts/{account_id}";

}  // namespace

app::Family family() {
    const app::Permission may_read{"accounts", "read"};
    return {"accounts",
            {
                {.method = "GET",
                 .pattern = all,
                 .permission = may_read,
                 .read = list,
                 .list = store::accounts::list_definition},
                {.method = "POST",
                 .pattern = all,
                 .permission = create_account.permission,
                 .operation = &create_account},
                {.method = "GET",
                 .pattern = one,
                 .permission = may_read,
                 .read = get,
                 .shape = app::Shape::resource},
                {.method = "PUT",
                 .pattern = one,
                 .permission = update_account.permission,
                 .operation = &update_account},
                {.method = "DELETE",
                 .pattern = one,
                 .permission = delete_account.permission,
                 .operation = &delete_account},
                {.method = "GET",
                 .pattern = "/organizations/{organization_id}/accounts/{account_id}/balance",
                 .permission = may_read,
                 .read = balance,
                 .query = {"as_of", "known_at"}},
                {.method = "GET",
                 .pattern = "/organizations/{organization_id}/accounts/{account_id}/transactions",
                 .permission = may_read,
                 .read = activity,
                 .list = store::accounts::activity_definition},
            }};
}

}  // namespace crane::accounts
