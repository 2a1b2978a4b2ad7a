#include "shared/service/contact_accounts.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "shared/base/error.h"
#include "shared/service/settings.h"
#include "shared/store/queries.h"

namespace crane::service::contact_accounts {
namespace {

constexpr Date first_day{-719162};  // 0001-01-01
constexpr Date last_day{2932896};   // 9999-12-31

struct Kind {
    std::string_view name;  // of the role and of the subtype
    std::string_view account_type;
    Wide Balance::*figure;
    bool is_debit;  // the side on which the figure grows
};
constexpr std::array<Kind, 4> kinds{{{"receivable", "asset", &Balance::receivable, true},
                                     {"payable", "liability", &Balance::payable, false},
                                     {"customer_credit", "liability", &Balance::customer_credit, false},
                                     {"vendor_credit", "asset", &Balance::vendor_credit, true}}};

struct AccountSum {
    AccountId account_id;
    const Kind* kind = nullptr;
    std::string currency_code;
    Wide net = 0;  // debit less credit
};

const Kind* kind_by_subtype(std::string_view type, std::string_view subtype) {
    const auto* const found = std::ranges::find_if(
        kinds, [&](const Kind& kind) { return kind.name == subtype && kind.account_type == type; });
    return found == kinds.end() ? nullptr : found;
}

std::map<AccountId, const Kind*> kinds_by_role(store::Session& session, std::uint32_t books_id) {
    std::map<AccountId, const Kind*> found;
    for (const auto& [role, account_id] : settings::role_accounts(session, books_id)) {
        const auto* const kind = std::ranges::find(kinds, role, &Kind::name);
        if (kind != kinds.end()) found.emplace(account_id, kind);
    }
    return found;
}

// The contact's accounts of any kind.
std::vector<AccountSum> sums(store::Session& session, const Books& books, const ContactId& contact_id) {
    const auto by_role = kinds_by_role(session, books.books_id);
    std::vector<AccountSum> sums;
    auto rows = session.query(sql::contact_sums_by_account, {books.books_id, contact_id});
    while (rows.next()) {
        AccountSum sum;
        sum.account_id = rows.id<AccountNoun>();
        const auto type = rows.text();
        const auto subtype = rows.text();
        sum.currency_code = rows.text();
        const auto debit = rows.wide();
        sum.net = debit - rows.wide();
        const auto role = by_role.find(sum.account_id);
        sum.kind = role != by_role.end() ? role->second : kind_by_subtype(type, subtype);
        if (sum.kind != nullptr) sums.push_back(std::move(sum));
    }
    return sums;
}

// A place between two transactions of the statement: behind this one.
struct Place {
    Date day;
    TransactionId id;
};

Place begin_of(Date day) {
    return {day, {}};
}
Place end_of(Date day) {
    TransactionId last;
    last.bytes.fill(0xff);
    return {day, last};
}

// A contact's open accounts in one currency.
class OpenAccounts {
public:
    OpenAccounts(store::Session& session, std::uint32_t books_id, const ContactId& contact_id,
                 store::Values account_ids)
        : session_(session),
          books_id_(books_id),
          contact_id_(contact_id),
          accounts_(std::move(account_ids)) {}

    bool is_empty() const { return accounts_.empty(); }

    // What the contact owes there: months before, then what came in the place's own month.
    Wide balance_at(const Place& place) const {
        const auto month = first_of_month(place.day);
        const store::Values months{books_id_, contact_id_, month};
        const store::Values days{books_id_, contact_id_, month, place.day, place.day, place.id};
        return read_wide(session_.query_list(sql::contact_sums_before_month, months, accounts_)) +
               read_wide(session_.query_list(sql::contact_sums_within_month, days, accounts_));
    }

    std::vector<StatementLine> lines(const Place& after, Date to, std::int64_t most) const {
        const store::Values behind{books_id_, contact_id_, after.day, to, after.day, after.id, most};
        std::vector<StatementLine> lines;
        auto rows = session_.query_list(sql::contact_sums_statement, {}, accounts_, behind);
        while (rows.next()) lines.push_back(read_line(rows));
        return lines;
    }

private:
    static Wide read_wide(store::Rows rows) {
        rows.next();
        return rows.wide();
    }

    static StatementLine read_line(store::Rows& rows) {
        StatementLine line;
        line.transaction_id = rows.id<TransactionNoun>();
        line.type = rows.text();
        line.status = rows.text();
        line.posting_date = rows.date();
        line.transaction_date = rows.date();
        line.description = rows.text();
        line.reference_number = rows.text();
        std::tie(line.debit, line.credit) = rows.wide_pair();
        return line;
    }

    store::Session& session_;
    std::uint32_t books_id_;
    ContactId contact_id_;
    store::Values accounts_;
};

OpenAccounts open_accounts(store::Session& session, const Books& books, const ContactId& contact_id,
                           std::string_view currency_code) {
    store::Values ids;
    for (const auto& sum : sums(session, books, contact_id)) {
        if (sum.currency_code == currency_code) ids.emplace_back(sum.account_id);
    }
    return {session, books.books_id, contact_id, std::move(ids)};
}

Place place_of(store::Session& session, const Books& books, const ContactId& contact_id,
               const TransactionId& id) {
    auto rows = session.query(sql::contact_sums_posting_date, {books.books_id, id, contact_id});
    if (!rows.next()) throw faulty_field("starting_after", "is not a posted transaction of this contact");
    return {rows.date(), id};
}

}  // namespace

std::vector<Balance> balances(store::Session& session, const Books& books,
                              const contacts::ContactRow& contact) {
    std::vector<Balance> balances{Balance{.currency_code = contact.currency_code}};
    for (const auto& sum : sums(session, books, contact.id)) {
        auto found = std::ranges::find(balances, sum.currency_code, &Balance::currency_code);
        if (found == balances.end())
            found = balances.insert(balances.end(), Balance{.currency_code = sum.currency_code});
        (*found).*(sum.kind->figure) += sum.kind->is_debit ? sum.net : -sum.net;
    }
    std::ranges::sort(balances.begin() + 1, balances.end(), {}, &Balance::currency_code);
    return balances;
}

Statement statement(store::Session& session, const Books& books, const ContactId& contact_id,
                    const StatementRequest& request) {
    const auto begin = begin_of(request.from.value_or(first_day));
    const auto to = request.to.value_or(last_day);
    auto place = begin;
    if (request.starting_after) {
        const auto after = place_of(session, books, contact_id, *request.starting_after);
        if (after.day >= begin.day) place = after;
    }
    const auto accounts = open_accounts(session, books, contact_id, request.currency_code);
    Statement statement;
    if (accounts.is_empty()) return statement;
    statement.opening_balance = accounts.balance_at(begin);
    Wide balance = request.starting_after ? accounts.balance_at(place) : statement.opening_balance;
    statement.lines = accounts.lines(place, to, request.limit + 1);
    statement.has_more = static_cast<std::int64_t>(statement.lines.size()) > request.limit;
    if (statement.has_more) statement.lines.pop_back();
    for (auto& line : statement.lines) {
        balance += line.debit - line.credit;
        line.balance = balance;
    }
    // The last page ends with it; of another page the rest is not known.
    statement.closing_balance = statement.has_more ? accounts.balance_at(end_of(to)) : balance;
    return statement;
}

}  // namespace crane::service::contact_accounts
