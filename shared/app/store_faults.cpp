#include "shared/app/store_faults.h"

#include <array>

#include "shared/base/log.h"

namespace crane::app {
namespace {

struct ConstraintMeaning {
    std::string_view constraint;
    ErrorCode code;
    std::string_view message;
};

// Constraint names to codes: the one table.
constexpr std::array meanings = std::to_array<ConstraintMeaning>({
    {"accounts_code", ErrorCode::already_exists, "An account with this code exists already."},
    {"accounts_parent_exists", ErrorCode::account_in_use, "Other accounts are below this one."},
    {"transaction_lines_account_exists", ErrorCode::account_in_use, "Transactions use this account."},
    {"transactions_keep_closed", ErrorCode::period_closed, "The posting date is within a closed period."},
    {"transaction_lines_keep_closed", ErrorCode::period_closed,
     "The posting date is within a closed period."},
    {"transactions_reversed_once", ErrorCode::invalid_state, "This transaction is reversed already."},
});

}  // namespace

bool is_passing(const store::StoreError& error) {
    using enum store::StoreFault;
    if (error.fault == conflict || error.fault == connection_lost) return true;
    return error.fault == duplicate && error.constraint == "PRIMARY";
}

Error refusal_of(const store::StoreError& error) {
    for (const auto& meaning : meanings) {
        if (error.constraint == meaning.constraint) return {meaning.code, std::string(meaning.message)};
    }
    if (error.fault == store::StoreFault::out_of_range) {
        return {ErrorCode::amount_overflow, "A sum would exceed 19 digits of minor units."};
    }
    if (is_passing(error)) {
        Error busy(ErrorCode::service_unavailable,
                   "The store is busy or away; nothing was changed. Try again.");
        busy.retry_after(1);
        return busy;
    }
    if (error.fault == store::StoreFault::commit_unknown) {
        Error unknown(
            ErrorCode::service_unavailable,
            "The store went away while it was committing; ask whether the change is there, or repeat the "
            "request with the same Idempotency-Key.");
        unknown.retry_after(1);
        return unknown;
    }
    log(LogLevel::error, "the store refused a statement", {{"reason", error.what()}});
    return {ErrorCode::internal_error, "Something went wrong here; the request_id helps to find out what."};
}

}  // namespace crane::app
