// What a contact owes and is owed: its balance and its statement.
//
// They count the posted lines of transactions that name the contact on the accounts of four kinds. An account
// is of a kind by the role that the settings give it, else by its subtype: so books may keep a receivable
// account for each currency, and what is open on an account that had the role before still counts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/service/contacts.h"
#include "shared/service/scope.h"

namespace crane::service::contact_accounts {

// In one currency. Every figure is positive as its name says.
struct Balance {
    std::string currency_code;
    Wide receivable = 0;       // what the contact owes by invoices
    Wide payable = 0;          // what it is owed by bills
    Wide customer_credit = 0;  // what it has paid beyond its invoices
    Wide vendor_credit = 0;    // what it was paid beyond its bills

    // What the contact owes altogether.
    Wide net() const { return receivable - payable - customer_credit + vendor_credit; }
};

// By currency: the contact's own first, and every other in which there is something.
std::vector<Balance> balances(store::Session& session, const Books& books,
                              const contacts::ContactRow& contact);

struct StatementRequest {
    std::string currency_code;
    std::optional<Date> from;  // nullopt: from the first day on
    std::optional<Date> to;
    std::optional<TransactionId> starting_after;
    std::int64_t limit = 100;
};

// One posted transaction.
struct StatementLine {
    TransactionId transaction_id;
    std::string type;
    std::string status;
    Date posting_date;
    Date transaction_date;
    std::string description;
    std::string reference_number;
    Wide debit = 0;
    Wide credit = 0;
    Wide balance = 0;  // what the contact owes after it
};

struct Statement {
    Wide opening_balance = 0;  // before `from`
    Wide closing_balance = 0;  // at the end of `to`
    std::vector<StatementLine> lines;
    bool has_more = false;
};

// Its cost grows with the transactions of the page and of one month, not with those before. Throws
// invalid_request when starting_after is no posted transaction of the contact.
Statement statement(store::Session& session, const Books& books, const ContactId& contact_id,
                    const StatementRequest& request);

}  // namespace crane::service::contact_accounts
