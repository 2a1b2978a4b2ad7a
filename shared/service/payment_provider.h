// Who takes the money for credits. A purchase is written as pending, whoever
// that is; what the provider says later confirms or cancels it, by the same
// operations that an operator has.
#pragma once

#include <string>
#include <string_view>

#include "shared/base/id.h"
#include "shared/base/money.h"

namespace crane::service {

struct PaymentOrder {
    CreditPurchaseId purchase_id;
    OrganizationId organization_id;
    bool livemode = true;
    std::int64_t credits = 0;
    Money price;
    Currency currency;
};

class PaymentProvider {
public:
    virtual ~PaymentProvider() = default;

    // As purchases keep it: never renamed.
    virtual std::string_view name() const = 0;
    // Begins the payment; what the buyer has to do, in a sentence of at most 500
    // characters. It is asked within the session that writes the purchase, which
    // may be replayed: the same purchase_id must never be paid twice. Throws Error
    // when nothing can be begun. Any thread.
    virtual std::string begin(const PaymentOrder& order) const = 0;
};

// The installation's. The only one that is built in is "manual": an operator
// sees to the money, and confirms. It can take none by itself.
const PaymentProvider& payment_provider();

}  // namespace crane::service
