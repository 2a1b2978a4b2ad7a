#include "shared/service/payment_provider.h"

namespace crane::service {
namespace {

class ManualProvider final : public PaymentProvider {
public:
    std::string_view name() const override { return "manual"; }

    std::string begin(const PaymentOrder& order) const override {
        if (!order.livemode)
            return "These are mock credits: nothing is to be paid, and the operator confirms.";
        return "Pay " + format_amount(order.price, order.currency.decimal_places) + " " +
               order.currency.code + " to the operator of this installation, naming " +
               to_text(order.purchase_id) + "; the operator confirms.";
    }
};

}  // namespace

const PaymentProvider& payment_provider() {
    static const ManualProvider manual;
    return manual;
}

}  // namespace crane::service
