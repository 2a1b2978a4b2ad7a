// What the server's errors mean: number and message to fault and the name that refused.
#include "shared/store/server_errors.h"

#include <gtest/gtest.h>

#include <vector>

namespace crane::store {
namespace {

TEST(ServerErrors, HaveAMeaning) {
    using enum StoreFault;
    struct Row {
        int server_error;
        const char* message;
        StoreFault fault;
        const char* constraint;
    };
    const std::vector<Row> rows = {
        {1062, "Duplicate entry '1-1010' for key 'accounts_code'", duplicate, "accounts_code"},
        {1062, "Duplicate entry '1-1010' for key 'accounts.accounts_code'", duplicate, "accounts_code"},
        {1451, "Cannot delete …: a foreign key (`crane`.`t`, CONSTRAINT `t_exists` FOREIGN KEY)", foreign_key,
         "t_exists"},
        {4025, "CONSTRAINT `accounts_type` failed for `crane`.`accounts`", check, "accounts_type"},
        {3819, "Check constraint 'accounts_type' is violated.", check, "accounts_type"},
        {1644, "transactions_keep_closed: nothing is posted in a closed period", refused,
         "transactions_keep_closed"},
        {1644, "a posted line does not change", refused, ""},
        {1644, "words, then a colon: not a name", refused, ""},
        {1644, ": nothing", refused, ""},
        {1213, "Deadlock found", conflict, ""},
        {2006, "gone", connection_lost, ""},
        {1, "anything", other, ""},
    };
    for (const auto& row : rows) {
        const auto error = error_of(row.server_error, row.message);
        EXPECT_EQ(error.fault, row.fault) << row.message;
        EXPECT_EQ(error.constraint, row.constraint) << row.message;
    }
}

}  // namespace
}  // namespace crane::store
