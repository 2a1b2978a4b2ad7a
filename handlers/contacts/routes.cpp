#include "handlers/contacts/routes.h"

#include <charconv>

#include "handlers/contacts/json.h"
#include "handlers/contacts/operations.h"
#include "shared/service/currencies.h"

namespace crane::contacts {
namespace {

namespace contact_accounts = service::contact_accounts;

json::Value list(app::Call& call) {
    std::vector<service::contacts::ContactRow> rows;
    const store::Values scope{call.books().books_id};
    const auto page = store::read_page(call.session(), service::contacts::list_definition(), *call.list,
                                       scope, service::contacts::read, rows);
    std::vector<json::Value> items;
    items.reserve(rows.size());
    for (const auto& row : rows) items.push_back(contact_value(call.books(), row));
    return app::list_value(std::move(items), page);
}

service::contacts::ContactRow find(app::Call& call) {
    auto contact = service::contacts::get(call.session(), call.books().books_id,
                                          call.path_id<ContactNoun>("contact_id"));
    if (!contact) app::Call::throw_not_found();
    return std::move(*contact);
}

json::Value get(app::Call& call) {
    return contact_value(call.books(), find(call));
}

json::Value balance(app::Call& call) {
    const auto contact = find(call);
    const auto balances = contact_accounts::balances(call.session(), call.books(), contact);
    return balance_value(call.session(), call.books(), contact.id, balances);
}

// Reads the statement's parameters and collects their faults.
class StatementReader {
public:
    explicit StatementReader(app::Call& call) : call_(call) {}

    contact_accounts::StatementRequest read(const service::contacts::ContactRow& contact) {
        contact_accounts::StatementRequest request;
        request.currency_code = contact.currency_code;
        read_date("from", request.from);
        read_date("to", request.to);
        if (request.from && request.to && *request.to < *request.from)
            faults_.push_back({"to", "is before from"});
        read_currency(request);
        read_limit(request);
        if (const auto text = call_.parameter("starting_after")) {
            request.starting_after = parse_id<TransactionNoun>(*text);
            if (!request.starting_after)
                faults_.push_back({"starting_after", "is not the id of a transaction"});
        }
        if (!faults_.empty()) throw Error(std::move(faults_));
        return request;
    }

private:
    void read_date(const char* name, std::optional<Date>& date) {
        const auto text = call_.parameter(name);
        if (!text) return;
        date = parse_date(*text);
        if (!date) faults_.push_back({name, "must be a date that exists, as YYYY-MM-DD"});
    }

    void read_currency(contact_accounts::StatementRequest& request) {
        const auto text = call_.parameter("currency_id");
        if (!text) return;
        const auto currency = service::currencies::find(call_.session(), service::currencies::code_of(*text));
        if (currency) {
            request.currency_code = currency->code;
        } else {
            faults_.push_back({"currency_id", "is not a currency; they are named like CUR_USD"});
        }
    }

    void read_limit(contact_accounts::StatementRequest& request) {
        const auto text = call_.parameter("limit");
        if (!text) return;
        constexpr std::int64_t most_limit = 1000;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), request.limit);
        if (error != std::errc() || end != text->data() + text->size() || request.limit < 1 ||
            request.limit > most_limit)
            faults_.push_back({"limit", "must be a whole number from 1 to 1000"});
    }

    app::Call& call_;
    std::vector<Fault> faults_;
};

json::Value statement(app::Call& call) {
    const auto contact = find(call);
    const auto request = StatementReader(call).read(contact);
    const auto statement = contact_accounts::statement(call.session(), call.books(), contact.id, request);
    return statement_value(call.session(), call.books(), contact.id, request, statement);
}

constexpr std::string_view all = "/organizations/{organization_id}/contacts";
constexpr std::string_view one = "/organizations/{organization_id}/contacts/{contact_id}";

app::Route write(std::string_view method, std::string_view pattern, const app::Operation& operation) {
    return {
        .method = method, .pattern = pattern, .permission = operation.permission, .operation = &operation};
}

}  // namespace

app::Family family() {
    const app::Permission may_read{"contacts", "read"};
    return {"contacts",
            {
                {.method = "GET",
                 .pattern = all,
                 .permission = may_read,
                 .read = list,
                 .list = service::contacts::list_definition},
                write("POST", all, create_contact),
                {.method = "GET",
                 .pattern = one,
                 .permission = may_read,
                 .read = get,
                 .shape = app::Shape::resource},
                write("PUT", one, update_contact),
                write("DELETE", one, delete_contact),
                {.method = "GET",
                 .pattern = "/organizations/{organization_id}/contacts/{contact_id}/balance",
                 .permission = may_read,
                 .read = balance},
                {.method = "GET",
                 .pattern = "/organizations/{organization_id}/contacts/{contact_id}/statement",
                 .permission = may_read,
                 .read = statement,
                 .query = {"from", "to", "currency_id", "limit", "starting_after"}},
            }};
}

}  // namespace crane::contacts
