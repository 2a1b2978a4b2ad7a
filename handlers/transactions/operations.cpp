#include "handlers/transactions/operations.h"

#include <algorithm>

#include "handlers/transactions/json.h"

namespace crane::transactions {
namespace {

namespace ledger = service::ledger;

TransactionBody read_new(json::Reader& reader, app::Call& call) {
    return read_transaction(reader, call, BodyKind::create);
}
TransactionBody read_changed(json::Reader& reader, app::Call& call) {
    return read_transaction(reader, call, BodyKind::change);
}

json::Value shown(app::Call& call, const domain::Transaction& transaction) {
    if (!call.includes("balances")) return transaction_value(call.books(), transaction);
    call.resource_text = transaction_value(call.books(), transaction).dump();
    const auto balances = ledger::balances_of(call.session(), call.books(), transaction);
    return transaction_value(call.books(), transaction, balances, call.session());
}

json::Value create(app::Call& call, TransactionBody& body) {
    auto entry = entry_of(call, body);
    entry.head.id = call.new_id<TransactionNoun>();
    return shown(call, ledger::enter_one(call.scope, std::move(entry)));
}

bool may_join(const http::Parameters& query, const void* body) {
    const auto& legs = static_cast<const TransactionBody*>(body)->legs;
    return query.empty() && std::ranges::none_of(legs, [](const domain::LegRequest& leg) {
               return leg.condition.expected_version || leg.condition.balance_at_least;
           });
}

std::vector<std::optional<json::Value>> create_together(std::span<app::Call> calls,
                                                        std::span<void* const> bodies) {
    std::vector<service::Scope*> scopes;
    std::vector<ledger::Entry> entries;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        scopes.push_back(&calls[i].scope);
        entries.push_back(entry_of(calls[i], *static_cast<TransactionBody*>(bodies[i])));
        entries.back().head.id = calls[i].new_id<TransactionNoun>();
    }
    const auto result = ledger::enter_together(scopes, entries);
    std::vector<std::optional<json::Value>> values;
    auto entered = result.entered.begin();
    for (std::size_t i = 0; i < calls.size(); ++i) {
        values.emplace_back();
        if (!result.refusals[i]) values.back() = transaction_value(calls[i].books(), *entered++);
    }
    return values;
}

TransactionId id_in_path(const app::Call& call) {
    return call.path_id<TransactionNoun>("transaction_id");
}

json::Value update(app::Call& call, TransactionBody& body) {
    const auto current = ledger::lock_for(call.scope, id_in_path(call), "update");
    return transaction_value(call.books(),
                             ledger::replace(call.scope, current, changed_entry(call, body, current)));
}

json::Value remove(app::Call& call, void*) {
    ledger::remove(call.scope, id_in_path(call));
    return json::Value::null();
}

json::Value post(app::Call& call, void*) {
    return shown(call, ledger::post(call.scope, id_in_path(call)));
}

struct ReversalBody {
    json::Field<Date> date;
    json::Field<std::string> reason;
};

ReversalBody read_reversal(json::Reader& reader, app::Call&) {
    ReversalBody body;
    body.date = reader.date("date");
    body.reason = reader.text("reason", 1000);
    return body;
}

json::Value reverse(app::Call& call, ReversalBody& body) {
    const auto mirror = ledger::reverse(call.scope, id_in_path(call), body.date.content,
                                        body.reason.content.value_or(""), call.new_id<TransactionNoun>());
    return shown(call, mirror);
}

json::Value current(app::Call& call) {
    auto found = ledger::lock(call.scope, id_in_path(call));
    return transaction_value(call.books(), found);
}

}  // namespace

namespace {

const app::Together creation_together{.may_join = may_join, .run = create_together};

}  // namespace

const app::Operation create_transaction{
    .name = "transactions.create",
    .permission = {"transactions", "write"},
    .credits = 1,
    .status = 201,
    .resource_object = "transaction",
    .resource_prefix = TransactionNoun::prefix,
    .read = app::read_body<TransactionBody, read_new>,
    .run = app::run_body<TransactionBody, create>,
    .together = &creation_together,
};

const app::Operation update_transaction{
    .name = "transactions.update",
    .permission = {"transactions", "write"},
    .credits = 1,
    .resource_object = "transaction",
    .read = app::read_body<TransactionBody, read_changed>,
    .run = app::run_body<TransactionBody, update>,
    .current = current,
};

const app::Operation delete_transaction{
    .name = "transactions.delete",
    .permission = {"transactions", "delete"},
    .credits = 1,
    .status = 204,
    .resource_object = "transaction",
    .run = remove,
    .current = current,
};

const app::Operation post_transaction{
    .name = "transactions.post",
    .permission = {"transactions", "write"},
    .credits = 1,
    .resource_object = "transaction",
    .run = post,
    .current = current,
};

const app::Operation reverse_transaction{
    .name = "transactions.reverse",
    .permission = {"transactions", "write"},
    .credits = 1,
    .status = 201,
    .resource_object = "transaction",
    .resource_prefix = TransactionNoun::prefix,
    .read = app::read_body<ReversalBody, read_reversal>,
    .is_body_optional = true,
    .run = app::run_body<ReversalBody, reverse>,
    .current = current,
};

}  // namespace crane::transactions
