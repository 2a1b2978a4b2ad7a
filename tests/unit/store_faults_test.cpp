// What a refusal of the database means to a client, as a table.
#include "shared/app/store_faults.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace crane::app {
namespace {

TEST(StoreFaults, HaveAMeaning) {
    using enum store::StoreFault;
    struct Row {
        store::StoreFault fault;
        const char* constraint;
        bool is_passing;
        int retry_after_seconds;  // 0: none
        ErrorCode outcome;
    };
    const std::vector<Row> rows = {
        {duplicate, "accounts_code", false, 0, ErrorCode::already_exists},
        {foreign_key, "accounts_parent_exists", false, 0, ErrorCode::account_in_use},
        {foreign_key, "transaction_lines_account_exists", false, 0, ErrorCode::account_in_use},
        {duplicate, "transactions_reversed_once", false, 0, ErrorCode::invalid_state},
        {refused, "transactions_keep_closed", false, 0, ErrorCode::period_closed},
        {refused, "transaction_lines_keep_closed", false, 0, ErrorCode::period_closed},
        {out_of_range, "", false, 0, ErrorCode::amount_overflow},
        {conflict, "", true, 1, ErrorCode::service_unavailable},
        {connection_lost, "", true, 1, ErrorCode::service_unavailable},
        {duplicate, "PRIMARY", true, 1,
         ErrorCode::service_unavailable},  // two first uses of one idempotency key
        {commit_unknown, "", false, 1, ErrorCode::service_unavailable},
        {duplicate, "nonesuch", false, 0, ErrorCode::internal_error},
        {foreign_key, "nonesuch", false, 0, ErrorCode::internal_error},
        {check, "transactions_balance", false, 0, ErrorCode::internal_error},
        {refused, "", false, 0, ErrorCode::internal_error},
        {other, "", false, 0, ErrorCode::internal_error},
    };
    for (const auto& row : rows) {
        const store::StoreError error(row.fault, row.constraint, "words of the server");
        EXPECT_EQ(is_passing(error), row.is_passing) << row.constraint;
        const auto refusal = refusal_of(error);
        EXPECT_EQ(refusal.code(), row.outcome) << row.constraint;
        EXPECT_EQ(refusal.retry_after_seconds.value_or(0), row.retry_after_seconds) << row.constraint;
        EXPECT_EQ(std::string(refusal.what()).find("words of the server"), std::string::npos);
    }
}

}  // namespace
}  // namespace crane::app
