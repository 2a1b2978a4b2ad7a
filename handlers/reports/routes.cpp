#include "handlers/reports/routes.h"

#include "shared/service/trial_balance.h"

namespace crane::reports {
namespace {

using service::trial_balance::Row;

json::Value account_value(const Row& row, int decimals) {
    const auto balance = row.balance();
    auto value = json::Value::object();
    value.set("id", to_text(row.account_id)).set("code", json::Value::string_or_null_if_empty(row.code));
    value.set("name", row.name).set("type", row.type);
    const Wide zero = 0;
    value.set("debit_balance", format_amount(balance > 0 ? balance : zero, decimals));
    value.set("credit_balance", format_amount(balance < 0 ? -balance : zero, decimals));
    value.set("balance", format_amount(balance, decimals));
    return value;
}

json::Value trial_balance(app::Call& call) {
    const auto as_of = call.date_parameter("as_of").value_or(call.books().today(call.scope.at));
    const auto report = service::trial_balance::load(call.session(), call.books(), as_of);
    const int decimals = call.books().base_currency.decimal_places;
    const auto amount = [&](Wide wide) { return format_amount(wide, decimals); };
    auto value = json::Value::object();
    value.set("object", "report").set("report", "trial_balance");
    value.set("organization_id", to_text(call.books().organization_id));
    value.set("livemode", json::Value::boolean(call.books().livemode));
    value.set("currency_id", "CUR_" + call.books().base_currency.code);
    value.set("as_of", format_date(as_of));
    auto accounts = json::Value::array();
    for (const auto& row : report.rows) accounts.push(account_value(row, decimals));
    value.set("accounts", std::move(accounts));
    auto totals = json::Value::object();
    totals.set("assets", amount(report.total_of("asset")));
    totals.set("liabilities", amount(-report.total_of("liability")));
    totals.set("equity", amount(-report.total_of("equity")));
    totals.set("revenue", amount(-report.total_of("revenue")));
    totals.set("expenses", amount(report.total_of("expense")));
    totals.set("total_debits", amount(report.total_debits));
    totals.set("total_credits", amount(report.total_credits));
    value.set("totals", std::move(totals));
    value.set("is_balanced", json::Value::boolean(report.total_debits == report.total_credits));
    call.scope.note("report", "trial_balance", "report.created");
    return value;
}

}  // namespace

app::Family family() {
    return {"reports",
            {
                {.method = "GET",
                 .pattern = "/organizations/{organization_id}/reports/trial-balance",
                 .permission = {"reports", "read"},
                 .read = trial_balance,
                 .query = {"as_of"},
                 .credits = 5},
            }};
}

}  // namespace crane::reports
