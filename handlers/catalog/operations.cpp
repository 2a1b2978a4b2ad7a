#include "handlers/catalog/operations.h"

#include "handlers/catalog/json.h"

namespace crane::catalog {
namespace {

namespace categories = service::categories;
namespace items = service::items;
namespace taxes = service::taxes;

CategoryId category_in_path(const app::Call& call) {
    return call.path_id<CategoryNoun>("category_id");
}

json::Value shown(app::Call& call, const categories::CategoryRow& category) {
    const auto below = categories::subcategories(call.session(), call.books().books_id, {category.id});
    const auto found = below.find(category.id);
    return category_value(call.books(), category,
                          found == below.end() ? std::vector<CategoryId>{} : found->second);
}

json::Value create(app::Call& call, CategoryBody& body) {
    categories::CategoryRow category;
    category.id = call.new_id<CategoryNoun>();
    apply(body, category);
    categories::insert(call.scope, category);
    return category_value(call.books(), category, {});
}

json::Value update(app::Call& call, CategoryBody& body) {
    auto category = categories::lock(call.scope, category_in_path(call));
    apply(body, category);
    categories::update(call.scope, category,
                       {.parent = body.parent_id.is_given, .account = body.account_id.is_given});
    return shown(call, category);
}

json::Value remove_category(app::Call& call, void*) {
    categories::remove(call.scope, category_in_path(call));
    return json::Value::null();
}

json::Value current_category(app::Call& call) {
    return shown(call, categories::lock(call.scope, category_in_path(call)));
}

TaxId tax_in_path(const app::Call& call) {
    return call.path_id<TaxNoun>("tax_id");
}

json::Value create(app::Call& call, TaxBody& body) {
    taxes::TaxRow tax;
    tax.id = call.new_id<TaxNoun>();
    apply(body, tax);
    taxes::insert(call.scope, tax);
    return tax_value(call.books(), tax);
}

json::Value update(app::Call& call, TaxBody& body) {
    auto tax = taxes::lock(call.scope, tax_in_path(call));
    apply(body, tax);
    taxes::update(call.scope, tax,
                  body.account_id.is_given ? taxes::AccountCheck::yes : taxes::AccountCheck::no);
    return tax_value(call.books(), tax);
}

json::Value remove_tax(app::Call& call, void*) {
    taxes::remove(call.scope, tax_in_path(call));
    return json::Value::null();
}

json::Value current_tax(app::Call& call) {
    return tax_value(call.books(), taxes::lock(call.scope, tax_in_path(call)));
}

ItemId item_in_path(const app::Call& call) {
    return call.path_id<ItemNoun>("item_id");
}

json::Value create(app::Call& call, ItemBody& body) {
    items::ItemRow item;
    item.id = call.new_id<ItemNoun>();
    item.currency_code = call.books().base_currency.code;
    apply(body, item);
    items::insert(call.scope, item);
    return item_value(call.session(), call.books(), item);
}

json::Value update(app::Call& call, ItemBody& body) {
    auto item = items::lock(call.scope, item_in_path(call));
    apply(body, item);
    items::update(call.scope, item, {.taxes = body.tax_ids.is_given, .category = body.category_id.is_given});
    return item_value(call.session(), call.books(), item);
}

json::Value remove_item(app::Call& call, void*) {
    items::remove(call.scope, item_in_path(call));
    return json::Value::null();
}

json::Value current_item(app::Call& call) {
    return item_value(call.session(), call.books(), items::lock(call.scope, item_in_path(call)));
}

}  // namespace

const app::Operation create_category{
    .name = "categories.create",
    .permission = {"categories", "write"},
    .credits = 1,
    .status = 201,
    .resource_object = "category",
    .resource_prefix = CategoryNoun::prefix,
    .read = app::read_body<CategoryBody, read_category_creation>,
    .run = app::run_body<CategoryBody, create>,
};

const app::Operation update_category{
    .name = "categories.update",
    .permission = {"categories", "write"},
    .credits = 1,
    .resource_object = "category",
    .read = app::read_body<CategoryBody, read_category_change>,
    .run = app::run_body<CategoryBody, update>,
    .current = current_category,
};

const app::Operation delete_category{
    .name = "categories.delete",
    .permission = {"categories", "delete"},
    .credits = 1,
    .status = 204,
    .resource_object = "category",
    .run = remove_category,
    .current = current_category,
};

const app::Operation create_tax{
    .name = "taxes.create",
    .permission = {"taxes", "write"},
    .credits = 1,
    .status = 201,
    .resource_object = "tax",
    .resource_prefix = TaxNoun::prefix,
    .read = app::read_body<TaxBody, read_tax_creation>,
    .run = app::run_body<TaxBody, create>,
};

const app::Operation update_tax{
    .name = "taxes.update",
    .permission = {"taxes", "write"},
    .credits = 1,
    .resource_object = "tax",
    .read = app::read_body<TaxBody, read_tax_change>,
    .run = app::run_body<TaxBody, update>,
    .current = current_tax,
};

const app::Operation delete_tax{
    .name = "taxes.delete",
    .permission = {"taxes", "delete"},
    .credits = 1,
    .status = 204,
    .resource_object = "tax",
    .run = remove_tax,
    .current = current_tax,
};

const app::Operation create_item{
    .name = "items.create",
    .permission = {"items", "write"},
    .credits = 1,
    .status = 201,
    .resource_object = "item",
    .resource_prefix = ItemNoun::prefix,
    .read = app::read_body<ItemBody, read_item_creation>,
    .run = app::run_body<ItemBody, create>,
};

const app::Operation update_item{
    .name = "items.update",
    .permission = {"items", "write"},
    .credits = 1,
    .resource_object = "item",
    .read = app::read_body<ItemBody, read_item_change>,
    .run = app::run_body<ItemBody, update>,
    .current = current_item,
};

const app::Operation delete_item{
    .name = "items.delete",
    .permission = {"items", "delete"},
    .credits = 1,
    .status = 204,
    .resource_object = "item",
    .run = remove_item,
    .current = current_item,
};

}  // namespace crane::catalog
