#include "handlers/transactions/references.h"

#include <algorithm>
#include <set>

#include "shared/service/contacts.h"
#include "shared/service/settings.h"

namespace crane::transactions {
namespace {

// A category of income for an expense, or the reverse.
bool is_opposite(std::string_view category_type, std::string_view type) {
    return (category_type == "income" && type == "expense") ||
           (category_type == "expense" && type == "income");
}

}  // namespace

References::References(app::Call& call, std::span<const TransactionBody* const> bodies) {
    std::set<ContactId> contact_ids;
    std::set<CategoryId> category_ids;
    for (const auto* body : bodies) {
        if (body->contact_id.has_value()) contact_ids.insert(*body->contact_id.content);
        if (body->category_id.has_value()) category_ids.insert(*body->category_id.content);
    }
    auto& session = call.session();
    const auto books_id = call.books().books_id;
    contacts_ = service::contacts::hold(session, books_id, {contact_ids.begin(), contact_ids.end()});
    categories_ = service::categories::hold(session, books_id, {category_ids.begin(), category_ids.end()});
    if (std::ranges::any_of(bodies, [this](const auto* body) { return needs_sales_account(*body); })) {
        sales_account_ = service::settings::role_account(session, books_id, "sales");
    }
}

const service::categories::CategoryFacts* References::category_of(const TransactionBody& body) const {
    if (!body.category_id.has_value()) return nullptr;
    const auto found = categories_.find(*body.category_id.content);
    return found == categories_.end() ? nullptr : &found->second;
}

bool References::needs_sales_account(const TransactionBody& body) const {
    if (!body.is_short() || body.type.content != "income" || body.counter_account_id.content) return false;
    const auto* category = category_of(body);
    return category == nullptr || !category->account_id;
}

std::optional<AccountId> References::counter_account(const TransactionBody& body) const {
    if (body.counter_account_id.content) return body.counter_account_id.content;
    const auto* category = category_of(body);
    if (category != nullptr && category->account_id) return category->account_id;
    return body.type.content == "income" ? sales_account_ : std::nullopt;
}

std::vector<Fault> References::faults_of(const TransactionBody& body) const {
    std::vector<Fault> faults;
    const auto fault = [&](const char* field, std::string message) {
        faults.push_back({body.path.empty() ? field : body.path + "." + field, std::move(message)});
    };
    if (body.contact_id.has_value()) {
        const auto found = contacts_.find(*body.contact_id.content);
        if (found == contacts_.end()) {
            fault("contact_id", "is not a contact of this organization");
        } else if (!found->second) {
            fault("contact_id", "is a contact that is not enabled");
        }
    }
    const auto* category = category_of(body);
    if (body.category_id.has_value() && category == nullptr) {
        fault("category_id", "is not a category of this organization");
    } else if (category != nullptr && !category->is_active) {
        fault("category_id", "is a category that is not active");
    } else if (category != nullptr && is_opposite(category->category_type, body.type.content.value_or(""))) {
        fault("category_id", "is a category of the type " + category->category_type);
    }
    if (body.is_short() && !counter_account(body)) {
        const bool is_income = body.type.content == "income";
        fault("counter_account_id", is_income ? "is required, since no account has the role of sales"
                                              : "is required for an expense whose category has no account");
    }
    return faults;
}

}  // namespace crane::transactions
