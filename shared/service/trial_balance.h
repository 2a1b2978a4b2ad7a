// The trial balance, in base currency, from the sums: the journal is not read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/service/scope.h"

namespace crane::service::trial_balance {

struct Row {
    AccountId account_id;
    std::string code;
    std::string name;
    std::string type;
    Wide debit = 0;
    Wide credit = 0;

    Wide balance() const { return debit - credit; }
};

struct Report {
    std::vector<Row> rows;   // accounts that were ever posted to by then
    Wide total_debits = 0;   // of debit balances
    Wide total_credits = 0;  // of credit balances

    // Debit less credit over all accounts of a type.
    Wide total_of(std::string_view type) const;
};

Report load(store::Session& session, const Books& books, Date as_of);

}  // namespace crane::service::trial_balance
