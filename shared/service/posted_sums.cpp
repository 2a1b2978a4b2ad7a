#include "shared/service/posted_sums.h"

#include "shared/base/error.h"
#include "shared/service/slots.h"

namespace crane::service {
namespace {

void grow(Money& sum, Money amount) {
    const auto grown = add(sum, amount);
    if (!grown)
        throw Error(ErrorCode::amount_overflow, "The amounts of one account add up to more than 19 digits.");
    sum = *grown;
}

// Adds to the side that the amount's sign tells.
void grow_side(Money& debit, Money& credit, Money amount) {
    const bool is_debit = amount.minor_units > 0;
    grow(is_debit ? debit : credit, is_debit ? amount : -amount);
}

}  // namespace

void PostedSums::add_line(const domain::Transaction& transaction, const domain::Line& line) {
    auto& sum = accounts_[{line.account_id, transaction.posting_date}];
    grow_side(sum.debit, sum.credit, line.amount);
    grow_side(sum.base_debit, sum.base_credit, line.base_amount);
    ++sum.line_count;
    if (!transaction.contact_id) return;
    const auto month = first_of_month(transaction.posting_date);
    auto& of_contact = contacts_[{*transaction.contact_id, month, line.account_id}];
    grow_side(of_contact.debit, of_contact.credit, line.amount);
    ++of_contact.line_count;
}

void PostedSums::add_lines(const domain::Transaction& transaction) {
    for (const auto& line : transaction.lines) add_line(transaction, line);
}

void PostedSums::write(Scope& scope) const {
    write_accounts(scope);
    if (!contacts_.empty()) write_contacts(scope);
}

void PostedSums::write_accounts(Scope& scope) const {
    std::vector<store::SumAddition> additions;
    std::optional<AccountId> last;
    int slot = 0;
    for (const auto& [key, sum] : accounts_) {
        if (last != key.first) slot = Slots::of_sums().take(scope.session, key.first.bytes);
        last = key.first;
        auto& addition = additions.emplace_back(sum);
        addition.account_id = key.first;
        addition.day = key.second;
        addition.slot = slot;
    }
    store::transactions::add_sums(scope.session, scope.books.books_id, additions);
}

// In the order of the contacts, after the accounts: no two writers wait for each other in a circle.
void PostedSums::write_contacts(Scope& scope) const {
    std::vector<store::ContactSumAddition> additions;
    std::optional<ContactId> last;
    int slot = 0;
    for (const auto& [key, sum] : contacts_) {
        const auto& [contact_id, month, account_id] = key;
        if (last != contact_id) slot = Slots::of_sums().take(scope.session, contact_id.bytes);
        last = contact_id;
        auto& addition = additions.emplace_back(sum);
        addition.contact_id = contact_id;
        addition.month = month;
        addition.account_id = account_id;
        addition.slot = slot;
    }
    store::transactions::add_contact_sums(scope.session, scope.books.books_id, additions);
}

}  // namespace crane::service
