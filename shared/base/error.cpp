#include "shared/base/error.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace crane {

namespace {

using enum ErrorCode;

constexpr std::array kinds = std::to_array<ErrorKind>({
    {invalid_request, "invalid_request", "validation_error", 400},
    {invalid_json, "invalid_json", "validation_error", 400},
    {unknown_parameter, "unknown_parameter", "validation_error", 400},
    {transaction_does_not_balance, "transaction_does_not_balance", "validation_error", 400},
    {missing_api_key, "missing_api_key", "authentication_error", 401},
    {invalid_api_key, "invalid_api_key", "authentication_error", 401},
    {expired_api_key, "expired_api_key", "authentication_error", 401},
    {revoked_api_key, "revoked_api_key", "authentication_error", 401},
    {invalid_signature, "invalid_signature", "authentication_error", 401},
    {signature_replayed, "signature_replayed", "authentication_error", 401},
    {insufficient_credits, "insufficient_credits", "credit_limit_error", 402},
    {insufficient_permissions, "insufficient_permissions", "authorization_error", 403},
    {organization_suspended, "organization_suspended", "authorization_error", 403},
    {https_required, "https_required", "authorization_error", 403},
    {draft_required, "draft_required", "authorization_error", 403},
    {ip_not_allowed, "ip_not_allowed", "authorization_error", 403},
    {resource_not_found, "resource_not_found", "not_found_error", 404},
    {route_not_found, "route_not_found", "not_found_error", 404},
    {method_not_allowed, "method_not_allowed", "method_error", 405},
    {already_exists, "already_exists", "conflict_error", 409},
    {idempotency_key_reused, "idempotency_key_reused", "conflict_error", 409},
    {idempotency_in_progress, "idempotency_in_progress", "conflict_error", 409},
    {version_mismatch, "version_mismatch", "conflict_error", 412},
    {body_too_large, "body_too_large", "validation_error", 413},
    {unsupported_media_type, "unsupported_media_type", "validation_error", 415},
    {period_closed, "period_closed", "business_rule_error", 422},
    {invalid_state, "invalid_state", "business_rule_error", 422},
    {account_in_use, "account_in_use", "business_rule_error", 422},
    {account_inactive, "account_inactive", "business_rule_error", 422},
    {currency_mismatch, "currency_mismatch", "business_rule_error", 422},
    {exchange_rate_required, "exchange_rate_required", "business_rule_error", 422},
    {amount_overflow, "amount_overflow", "business_rule_error", 422},
    {version_condition_failed, "version_condition_failed", "business_rule_error", 422},
    {balance_condition_failed, "balance_condition_failed", "business_rule_error", 422},
    {nothing_to_reconcile, "nothing_to_reconcile", "business_rule_error", 422},
    {difference_not_zero, "difference_not_zero", "business_rule_error", 422},
    {not_billing_organization, "not_billing_organization", "business_rule_error", 422},
    {rate_limit_exceeded, "rate_limit_exceeded", "rate_limit_error", 429},
    {too_many_queued_jobs, "too_many_queued_jobs", "rate_limit_error", 429},
    {internal_error, "internal_error", "server_error", 500},
    {service_unavailable, "service_unavailable", "server_error", 503},
});

constexpr std::size_t position(ErrorCode code) {
    return static_cast<std::size_t>(code);
}

// error_kind() takes the code as an index into the table.
constexpr bool is_in_order() {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (position(kinds[i].code) != i) return false;
    }
    return true;
}
static_assert(is_in_order());
static_assert(kinds.size() == position(service_unavailable) + 1);

// Names the first fields; the whole list travels in `faults`.
std::string sentence_about(const std::vector<Fault>& faults) {
    constexpr std::size_t named_at_most = 5;
    const std::size_t named = std::min(faults.size(), named_at_most);
    std::string text = "The request has " + std::to_string(faults.size()) + " faulty " +
                       (faults.size() == 1 ? "field" : "fields");
    for (std::size_t i = 0; i < named; ++i) text += (i == 0 ? ": " : ", ") + faults[i].field;
    if (faults.size() > named) text += " and " + std::to_string(faults.size() - named) + " more";
    return text + ".";
}

}  // namespace

std::span<const ErrorKind> error_kinds() {
    return kinds;
}

const ErrorKind& error_kind(ErrorCode code) {
    return kinds.at(position(code));
}

Error::Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

Error::Error(std::vector<Fault> found)
    : std::runtime_error(sentence_about(found)), faults(std::move(found)), code_(invalid_request) {}

Error& Error::with(std::string name, std::string value) {
    details.push_back({std::move(name), std::move(value)});
    return *this;
}

Error& Error::retry_after(int seconds) {
    retry_after_seconds = seconds;
    return *this;
}

Error faulty_field(std::string field, std::string message) {
    std::vector<Fault> faults;
    faults.push_back({std::move(field), std::move(message)});
    return Error(std::move(faults));
}

}  // namespace crane
