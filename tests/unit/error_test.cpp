// The table of refusals, held against the published one, and the exception.
#include "shared/base/error.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crane {
namespace {

struct Published {
    ErrorCode code;
    std::string_view name;
    std::string_view type;
    int status;
};

// As clients know it, in the order of the enum.
const std::vector<Published>& published() {
    using enum ErrorCode;
    static const std::vector<Published> rows = {
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
    };
    return rows;
}

TEST(ErrorTable, IsThePublishedOne) {
    ASSERT_EQ(error_kinds().size(), published().size());
    for (std::size_t i = 0; i < published().size(); ++i) {
        const ErrorKind& kind = error_kinds()[i];
        const Published& row = published()[i];
        EXPECT_EQ(kind.code, row.code) << row.name;
        EXPECT_EQ(kind.name, row.name);
        EXPECT_EQ(kind.type, row.type) << row.name;
        EXPECT_EQ(kind.status, row.status) << row.name;
    }
}

TEST(ErrorTable, HasEachCodeOnceAndInOrder) {
    std::set<std::string_view> names;
    int expected = 0;
    for (const ErrorKind& kind : error_kinds()) {
        EXPECT_EQ(static_cast<int>(kind.code), expected++) << kind.name;
        EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
        EXPECT_EQ(&error_kind(kind.code), &kind) << kind.name;
    }
    EXPECT_EQ(expected, static_cast<int>(ErrorCode::service_unavailable) + 1);
}

TEST(Error, CarriesItsSentenceAndFigures) {
    const Error error = Error(ErrorCode::transaction_does_not_balance, "Debits are 100.00, credits 90.00.")
                            .with("total_debits", "100.00")
                            .with("total_credits", "90.00");
    EXPECT_EQ(error.code(), ErrorCode::transaction_does_not_balance);
    EXPECT_EQ(error.status(), 400);
    EXPECT_STREQ(error.what(), "Debits are 100.00, credits 90.00.");
    EXPECT_EQ(error.details, (std::vector<Detail>{{"total_debits", "100.00"}, {"total_credits", "90.00"}}));
    EXPECT_TRUE(error.faults.empty());
    EXPECT_FALSE(error.retry_after_seconds);
}

TEST(Error, KeepsEverythingWhenThrown) {
    try {
        throw Error(ErrorCode::rate_limit_exceeded, "Too many.").with("limit", "1000").retry_after(17);
    } catch (const std::exception& caught) {
        const auto* error = dynamic_cast<const Error*>(&caught);
        ASSERT_NE(error, nullptr);
        EXPECT_EQ(error->code(), ErrorCode::rate_limit_exceeded);
        EXPECT_EQ(error->status(), 429);
        EXPECT_EQ(error->retry_after_seconds, 17);
        EXPECT_EQ(error->details, (std::vector<Detail>{{"limit", "1000"}}));
        EXPECT_STREQ(caught.what(), "Too many.");
    }
}

std::vector<Fault> faults_named(const std::vector<std::string>& fields) {
    std::vector<Fault> faults;
    for (const auto& field : fields) faults.push_back({field, "is required"});
    return faults;
}

TEST(Error, OfFaultsNamesTheFieldsAndKeepsThemAll) {
    struct Row {
        std::vector<std::string> fields;
        std::string_view message;
    };
    const std::vector<Row> rows = {
        {{"date"}, "The request has 1 faulty field: date."},
        {{"date", "entries[0].amount"}, "The request has 2 faulty fields: date, entries[0].amount."},
        {{"a", "b", "c", "d", "e"}, "The request has 5 faulty fields: a, b, c, d, e."},
        {{"a", "b", "c", "d", "e", "f", "g"}, "The request has 7 faulty fields: a, b, c, d, e and 2 more."},
    };
    for (const Row& row : rows) {
        const Error error(faults_named(row.fields));
        EXPECT_EQ(error.what(), row.message);
        EXPECT_EQ(error.code(), ErrorCode::invalid_request);
        EXPECT_EQ(error.status(), 400);
        EXPECT_EQ(error.faults, faults_named(row.fields));
    }
}

}  // namespace
}  // namespace crane
