#include "handlers/currencies/routes.h"

#include "shared/service/currencies.h"

namespace crane::currencies {
namespace {

json::Value currency_value(const app::Call& call, const service::currencies::CurrencyRow& row) {
    auto value = json::Value::object();
    value.set("id", "CUR_" + row.code).set("object", "currency");
    value.set("organization_id", json::Value::null());
    value.set("livemode", json::Value::boolean(call.principal.livemode()));
    value.set("code", row.code).set("name", row.name).set("symbol", row.symbol);
    value.set("decimal_places", json::Value::integer(row.decimal_places));
    value.set("symbol_first", json::Value::boolean(row.is_symbol_first));
    value.set("is_active", json::Value::boolean(row.is_active));
    value.set("created_at", format_timestamp(row.created_at));
    value.set("updated_at", format_timestamp(row.updated_at));
    return value;
}

json::Value list(app::Call& call) {
    std::vector<service::currencies::CurrencyRow> rows;
    const store::Values scope{service::currencies::shipped_books_id};
    const auto page = store::read_page(call.session(), service::currencies::list_definition(), *call.list,
                                       scope, service::currencies::read, rows);
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(currency_value(call, row));
    return app::list_value(std::move(items), page);
}

json::Value get(app::Call& call) {
    const auto code = service::currencies::code_of(call.path.find("currency_id")->second);
    const auto row = service::currencies::get(call.session(), code);
    if (!row) app::Call::throw_not_found();
    return currency_value(call, *row);
}

}  // namespace

app::Family family() {
    const app::Permission may_read{};  // any key may
    return {"currencies",
            {
                {.method = "GET",
                 .pattern = "/currencies",
                 .permission = may_read,
                 .read = list,
                 .list = service::currencies::list_definition,
                 .is_operator_allowed = true},
                {.method = "GET",
                 .pattern = "/currencies/{currency_id}",
                 .permission = may_read,
                 .read = get,
                 .shape = app::Shape::resource,
                 .is_operator_allowed = true},
            }};
}

}  // namespace crane::currencies
