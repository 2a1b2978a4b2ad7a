#include "handlers/accounts/operations.h"

#include "handlers/accounts/json.h"
#include "shared/service/chart_of_accounts.h"

namespace crane::accounts {
namespace {

using service::chart_of_accounts::AccountChange;

AccountChange change_of(const AccountBody& body) {
    AccountChange change;
    const auto text = [](const json::Field<std::string>& field) -> std::optional<std::string> {
        if (!field.is_given) return std::nullopt;
        return field.content.value_or("");
    };
    change.name = text(body.name);
    change.code = text(body.code);
    change.subtype = text(body.subtype);
    change.description = text(body.description);
    if (body.is_active.is_given) change.is_active = body.is_active.content.value_or(true);
    if (body.parent_id.is_given) change.parent_id = body.parent_id.content;
    if (body.metadata.is_given) change.metadata = body.metadata.content.value_or("{}");
    return change;
}

AccountBody read_new(json::Reader& reader, app::Call&) {
    return read_creation(reader);
}
AccountBody read_changed(json::Reader& reader, app::Call&) {
    return read_change(reader);
}

json::Value create(app::Call& call, AccountBody& body) {
    store::AccountRow row;
    row.id = call.new_id<AccountNoun>();
    row.type = *body.type.content;
    const auto account = service::chart_of_accounts::create(call.scope, std::move(row), change_of(body),
                                                            body.currency_id.content);
    return account_value(call.session(), call.books(), account);
}

json::Value update(app::Call& call, AccountBody& body) {
    const auto account = service::chart_of_accounts::update(
        call.scope, call.path_id<AccountNoun>("account_id"), change_of(body));
    return account_value(call.session(), call.books(), account);
}

json::Value remove(app::Call& call, void*) {
    service::chart_of_accounts::remove(call.scope, call.path_id<AccountNoun>("account_id"));
    return json::Value::null();
}

json::Value current(app::Call& call) {
    const auto account =
        service::chart_of_accounts::lock(call.scope, call.path_id<AccountNoun>("account_id"));
    return account_value(call.session(), call.books(), account);
}

}  // namespace

const app::Operation create_account{
    .name = "accounts.create",
    .permission = {"accounts", "write"},
    .credits = 1,
    .status = 201,
    .resource_object = "account",
    .resource_prefix = AccountNoun::prefix,
    .read = app::read_body<AccountBody, read_new>,
    .run = app::run_body<AccountBody, create>,
};

const app::Operation update_account{
    .name = "accounts.update",
    .permission = {"accounts", "write"},
    .credits = 1,
    .resource_object = "account",
    .read = app::read_body<AccountBody, read_changed>,
    .run = app::run_body<AccountBody, update>,
    .current = current,
};

const app::Operation delete_account{
    .name = "accounts.delete",
    .permission = {"accounts", "delete"},
    .credits = 1,
    .status = 204,
    .resource_object = "account",
    .run = remove,
    .current = current,
};

}  // namespace crane::accounts
