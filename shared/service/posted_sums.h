// What posted lines add to the kept sums: of each account by day, and of each contact by account and month.
#pragma once

#include <map>
#include <tuple>
#include <utility>

#include "shared/domain/transaction.h"
#include "shared/service/scope.h"
#include "shared/store/transactions.h"

namespace crane::service {

class PostedSums {
public:
    // Throws Error{amount_overflow} when the lines of one sum add up to more than 19 digits.
    void add_lines(const domain::Transaction& transaction);
    // Adds all of it in one statement, and in another what is of contacts, if anything is.
    void write(Scope& scope) const;

private:
    using ContactKey = std::tuple<ContactId, Date, AccountId>;

    void add_line(const domain::Transaction& transaction, const domain::Line& line);
    void write_accounts(Scope& scope) const;
    void write_contacts(Scope& scope) const;

    std::map<std::pair<AccountId, Date>, store::SumAddition> accounts_;
    std::map<ContactKey, store::ContactSumAddition> contacts_;
};

}  // namespace crane::service
