#include "shared/service/trial_balance.h"

#include "shared/store/queries.h"

namespace crane::service::trial_balance {

Wide Report::total_of(std::string_view type) const {
    Wide total = 0;
    for (const auto& row : rows) {
        if (row.type == type) total += row.balance();
    }
    return total;
}

Report load(store::Session& session, const Books& books, Date as_of) {
    Report report;
    const auto month = first_of_month(as_of);
    auto rows = session.query(sql::reports_trial_balance_as_of,
                              {books.books_id, month, books.books_id, month, as_of});
    while (rows.next()) {
        Row row;
        row.account_id = rows.id<AccountNoun>();
        row.code = rows.text();
        row.name = rows.text();
        row.type = rows.text();
        row.debit = rows.wide();
        row.credit = rows.wide();
        const auto balance = row.balance();
        (balance > 0 ? report.total_debits : report.total_credits) += balance > 0 ? balance : -balance;
        report.rows.push_back(std::move(row));
    }
    return report;
}

}  // namespace crane::service::trial_balance
