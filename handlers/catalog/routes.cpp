#include "handlers/catalog/routes.h"

#include "handlers/catalog/json.h"
#include "handlers/catalog/operations.h"

namespace crane::catalog {
namespace {

namespace categories = service::categories;
namespace items = service::items;
namespace taxes = service::taxes;

template <typename Row>
store::Page read_rows(app::Call& call, const store::ListDefinition& definition, Row (*read)(store::Rows&),
                      std::vector<Row>& rows) {
    const store::Values scope{call.books().books_id};
    return store::read_page(call.session(), definition, *call.list, scope, read, rows);
}

// The ids below each, of all rows in one query.
std::vector<json::Value> category_values(app::Call& call, const std::vector<categories::CategoryRow>& rows) {
    std::vector<CategoryId> ids;
    ids.reserve(rows.size());
    for (const auto& row : rows) ids.push_back(row.id);
    auto below = categories::subcategories(call.session(), call.books().books_id, ids);
    std::vector<json::Value> values;
    values.reserve(rows.size());
    for (const auto& row : rows) values.push_back(category_value(call.books(), row, below[row.id]));
    return values;
}

json::Value list_categories(app::Call& call) {
    std::vector<categories::CategoryRow> rows;
    const auto page = read_rows(call, categories::list_definition(), categories::read, rows);
    return app::list_value(category_values(call, rows), page);
}

json::Value get_category(app::Call& call) {
    auto category =
        categories::get(call.session(), call.books().books_id, call.path_id<CategoryNoun>("category_id"));
    if (!category) app::Call::throw_not_found();
    return std::move(category_values(call, {std::move(*category)}).front());
}

json::Value list_taxes(app::Call& call) {
    std::vector<taxes::TaxRow> rows;
    const auto page = read_rows(call, taxes::list_definition(), taxes::read, rows);
    std::vector<json::Value> values;
    values.reserve(rows.size());
    for (const auto& row : rows) values.push_back(tax_value(call.books(), row));
    return app::list_value(std::move(values), page);
}

json::Value get_tax(app::Call& call) {
    const auto tax = taxes::get(call.session(), call.books().books_id, call.path_id<TaxNoun>("tax_id"));
    if (!tax) app::Call::throw_not_found();
    return tax_value(call.books(), *tax);
}

json::Value list_items(app::Call& call) {
    std::vector<items::ItemRow> rows;
    const auto page = read_rows(call, items::list_definition(), items::read, rows);
    items::load_taxes(call.session(), call.books().books_id, rows);
    std::vector<json::Value> values;
    values.reserve(rows.size());
    for (const auto& row : rows) values.push_back(item_value(call.session(), call.books(), row));
    return app::list_value(std::move(values), page);
}

json::Value get_item(app::Call& call) {
    const auto item = items::get(call.session(), call.books().books_id, call.path_id<ItemNoun>("item_id"));
    if (!item) app::Call::throw_not_found();
    return item_value(call.session(), call.books(), *item);
}

// What is the same for each noun: its five routes.
struct Noun {
    std::string_view permission;
    std::string_view all;
    std::string_view one;
    json::Value (*list)(app::Call&);
    const store::ListDefinition& (*definition)();
    json::Value (*get)(app::Call&);
    const app::Operation& create;
    const app::Operation& update;
    const app::Operation& remove;
};

app::Route write(std::string_view method, std::string_view pattern, const app::Operation& operation) {
    return {
        .method = method, .pattern = pattern, .permission = operation.permission, .operation = &operation};
}

void add_routes(std::vector<app::Route>& routes, const Noun& noun) {
    const app::Permission may_read{noun.permission, "read"};
    routes.push_back({.method = "GET",
                      .pattern = noun.all,
                      .permission = may_read,
                      .read = noun.list,
                      .list = noun.definition});
    routes.push_back(write("POST", noun.all, noun.create));
    routes.push_back({.method = "GET",
                      .pattern = noun.one,
                      .permission = may_read,
                      .read = noun.get,
                      .shape = app::Shape::resource});
    routes.push_back(write("PUT", noun.one, noun.update));
    routes.push_back(write("DELETE", noun.one, noun.remove));
}

}  // namespace

app::Family family() {
    std::vector<app::Route> routes;
    add_routes(routes, {"categories", "/organizations/{organization_id}/categories",
                        "/organizations/{organization_id}/categories/{category_id}", list_categories,
                        categories::list_definition, get_category, create_category, update_category,
                        delete_category});
    add_routes(routes, {"taxes", "/organizations/{organization_id}/taxes",
                        "/organizations/{organization_id}/taxes/{tax_id}", list_taxes, taxes::list_definition,
                        get_tax, create_tax, update_tax, delete_tax});
    add_routes(routes, {"items", "/organizations/{organization_id}/items",
                        "/organizations/{organization_id}/items/{item_id}", list_items,
                        items::list_definition, get_item, create_item, update_item, delete_item});
    return {"catalog", std::move(routes)};
}

}  // namespace crane::catalog
