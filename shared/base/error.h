// Refusals: one stable code for each thing that can go wrong, one table from
// code to HTTP status, one exception that carries a refusal to the one place
// that answers it (shared/app/pipeline).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace crane {

// Clients program against these names: a code is never renamed or reused.
enum class ErrorCode : std::uint8_t {
    // 400 validation_error
    invalid_request,
    invalid_json,
    unknown_parameter,
    transaction_does_not_balance,
    // 401 authentication_error
    missing_api_key,
    invalid_api_key,
    expired_api_key,
    revoked_api_key,
    invalid_signature,
    signature_replayed,
    // 402 credit_limit_error
    insufficient_credits,
    // 403 authorization_error
    insufficient_permissions,
    organization_suspended,
    https_required,
    draft_required,
    ip_not_allowed,
    // 404 not_found_error
    resource_not_found,
    route_not_found,
    // 405 method_error
    method_not_allowed,
    // 409 conflict_error
    already_exists,
    idempotency_key_reused,
    idempotency_in_progress,
    // 412 conflict_error
    version_mismatch,
    // 413 and 415 validation_error
    body_too_large,
    unsupported_media_type,
    // 422 business_rule_error
    period_closed,
    invalid_state,
    account_in_use,
    account_inactive,
    currency_mismatch,
    exchange_rate_required,
    amount_overflow,
    version_condition_failed,
    balance_condition_failed,
    nothing_to_reconcile,
    difference_not_zero,
    not_billing_organization,
    // 429 rate_limit_error
    rate_limit_exceeded,
    too_many_queued_jobs,
    // 500 and 503 server_error
    internal_error,
    service_unavailable,
};

struct ErrorKind {
    ErrorCode code;
    std::string_view name;  // "resource_not_found"
    std::string_view type;  // "not_found_error"
    int status;             // HTTP status, RFC 9110
};

// Every code once, in the order of the enum. Lives as long as the program.
std::span<const ErrorKind> error_kinds();
const ErrorKind& error_kind(ErrorCode code);

// One faulty field of a request: where ("entries[0].amount") and what.
struct Fault {
    std::string field;
    std::string message;

    bool operator==(const Fault&) const = default;
};

// A figure that belongs to a refusal ("total_debits", "100.00").
struct Detail {
    std::string name;
    std::string value;

    bool operator==(const Detail&) const = default;
};

// A refusal on its way to the client. `what()` is the message, a sentence
// with the figures in it; it must never hold a secret.
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message);
    // invalid_request that names every fault at once.
    explicit Error(std::vector<Fault> found);

    ErrorCode code() const { return code_; }
    int status() const { return error_kind(code_).status; }

    std::vector<Fault> faults;
    std::vector<Detail> details;
    std::optional<int> retry_after_seconds;

    Error& with(std::string name, std::string value);
    Error& retry_after(int seconds);

private:
    ErrorCode code_;
};

// invalid_request for one field.
Error faulty_field(std::string field, std::string message);

}  // namespace crane
