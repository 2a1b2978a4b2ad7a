// What transactions name besides their accounts: contacts and categories. And the account that the short form
// leaves out, which the category may tell.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "handlers/transactions/json.h"
#include "shared/service/categories.h"

namespace crane::transactions {

class References {
public:
    // Looks up what all of the bodies name, and holds it until the session ends: one query for contacts, one
    // for categories and one for the sales account, and none of them where nothing asks for it.
    References(app::Call& call, std::span<const TransactionBody* const> bodies);

    // Every fault of the body's references.
    std::vector<Fault> faults_of(const TransactionBody& body) const;
    // The other account of the short form: as it was given, else the category's, else that of sales for an
    // income.
    std::optional<AccountId> counter_account(const TransactionBody& body) const;

private:
    bool needs_sales_account(const TransactionBody& body) const;
    const service::categories::CategoryFacts* category_of(const TransactionBody& body) const;

    std::map<ContactId, bool> contacts_;
    std::map<CategoryId, service::categories::CategoryFacts> categories_;
    std::optional<AccountId> sales_account_;
};

}  // namespace crane::transactions
