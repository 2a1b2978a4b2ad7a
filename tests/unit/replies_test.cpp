// Replies in the shapes of the contract.
#include "shared/app/replies.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shared/app/operation.h"

namespace crane::app {
namespace {

TEST(ErrorReply, HasTheShapeOfTheContract) {
    struct Row {
        Error error;
        const char* body;
    };
    Error does_not_balance(ErrorCode::transaction_does_not_balance, "Debits and credits differ by 0.01.");
    does_not_balance.with("total_debits", "100.00").with("difference", "0.01");
    Error busy(ErrorCode::service_unavailable, "The store is busy.");
    busy.retry_after(1);
    Error both = Error({{"entries[0].amount", "is required"}, {"name", "must be a \"string\""}});
    both.with("hint", "x");
    const std::vector<Row> rows = {
        {Error(ErrorCode::resource_not_found, "There is no such account."),
         R"({"error":{"type":"not_found_error","code":"resource_not_found","message":"There is no such account.","status":404,"request_id":"req_1"}})"},
        {does_not_balance,
         R"({"error":{"type":"validation_error","code":"transaction_does_not_balance","message":"Debits and credits differ by 0.01.","status":400,"details":{"total_debits":"100.00","difference":"0.01"},"request_id":"req_1"}})"},
        {busy,
         R"({"error":{"type":"server_error","code":"service_unavailable","message":"The store is busy.","status":503,"retry_after":1,"request_id":"req_1"}})"},
    };
    for (const auto& [error, body] : rows) {
        const auto reply = error_reply(error, "req_1");
        EXPECT_EQ(reply.body, body);
        EXPECT_EQ(reply.status, error.status());
        EXPECT_EQ(reply.content_type, "application/json");
    }
    const auto reply = error_reply(both, "req_1");
    EXPECT_NE(reply.body.find(R"("details":{"fields":[{"field":"entries[0].amount","message":"is required"},)"
                              R"({"field":"name","message":"must be a \"string\""}],"hint":"x"})"),
              std::string::npos)
        << reply.body;
    EXPECT_EQ(reply.status, 400);
}

TEST(ErrorReply, TellsWhenToComeAgain) {
    Error error(ErrorCode::rate_limit_exceeded, "Too many requests.");
    EXPECT_TRUE(error_reply(error, "req_1").headers.empty());
    error.retry_after(17);
    const auto reply = error_reply(error, "req_1");
    ASSERT_EQ(reply.headers.size(), 1U);
    EXPECT_EQ(reply.headers[0].first, "Retry-After");
    EXPECT_EQ(reply.headers[0].second, "17");
}

TEST(ErrorReply, EveryCodeHasATypeAndAStatusOfItsOwn) {
    for (const auto& kind : error_kinds()) {
        const auto document = json::parse(error_reply(Error(kind.code, "A sentence."), "req_1").body);
        const auto error = document.root().member("error");
        EXPECT_EQ(error.member("code").text(), kind.name);
        EXPECT_EQ(error.member("type").text(), kind.type);
        EXPECT_EQ(error.member("status").text(), std::to_string(kind.status));
        EXPECT_EQ(error.member("request_id").text(), "req_1");
        EXPECT_EQ(error.size(), 5U);
    }
}

TEST(EntityTag, IsQuotedAndOfTheBody) {
    const auto tag = entity_tag(R"({"a":1})");
    EXPECT_EQ(tag.size(), 34U);
    EXPECT_EQ(tag.front(), '"');
    EXPECT_EQ(tag.back(), '"');
    EXPECT_EQ(tag, entity_tag(R"({"a":1})"));
    EXPECT_NE(tag, entity_tag(R"({"a":2})"));
}

TEST(ListValue, CountsOnlyWhatIsCounted) {
    std::vector<json::Value> items;
    items.push_back(json::Value::string("a"));
    items.push_back(json::Value::string("b"));
    EXPECT_EQ(list_value(std::move(items), {true, 17}).dump(),
              R"({"object":"list","data":["a","b"],"has_more":true,"total_count":17})");
    EXPECT_EQ(list_value({}, {false, std::nullopt}).dump(),
              R"({"object":"list","data":[],"has_more":false,"total_count":null})");
}

service::Books books() {
    service::Books books;
    books.livemode = false;
    return books;
}

TEST(JobValue, ShowsWhereItStands) {
    service::jobs::JobRow job;
    job.operation = "accounts.create";
    job.request_id = "req_1";
    job.created_at = parse_timestamp("2026-01-31T09:30:00Z").value();
    const std::string head = R"({"id":"job_)" + std::string(25, '0') +
                             R"(","object":"job","organization_id":"org_)" + std::string(25, '0') +
                             R"(","livemode":false,"operation":"accounts.create","status":)";
    EXPECT_EQ(
        job_value(job, books()).dump(),
        head +
            R"("queued","request_id":"req_1","resource":null,"result":null,"error":null,"progress":{"done":0,"total":1},)"
            R"("attempts":0,"created_at":"2026-01-31T09:30:00.000000Z","started_at":null,"finished_at":null})");

    job.resource_object = "account";
    job.resource_id = "act_1";
    job.attempts = 2;
    job.started_at = job.finished_at = job.created_at;
    job.progress_done = 1;
    job.status = "completed";
    job.result = R"({"id":"act_1"})";
    EXPECT_EQ(
        job_value(job, books()).dump(),
        head +
            R"("completed","request_id":"req_1","resource":{"object":"account","id":"act_1"},"result":{"id":"act_1"},"error":null,)"
            R"("progress":{"done":1,"total":1},"attempts":2,"created_at":"2026-01-31T09:30:00.000000Z",)"
            R"("started_at":"2026-01-31T09:30:00.000000Z","finished_at":"2026-01-31T09:30:00.000000Z"})");
}

// A job that waits for its next attempt keeps the last error to itself.
TEST(JobValue, ShowsAnErrorOnlyWhenItHasFailed) {
    service::jobs::JobRow job;
    job.error = R"({"code":"internal_error"})";
    for (const char* status : {"queued", "processing", "completed", "cancelled"}) {
        job.status = status;
        const auto document = json::parse(job_value(job, books()).dump());
        EXPECT_TRUE(document.root().member("error").is_null()) << status;
    }
    job.status = "failed";
    const auto document = json::parse(job_value(job, books()).dump());
    EXPECT_EQ(document.root().member("error").member("code").text(), "internal_error");
}

TEST(AcceptedReply, SaysWhereTheJobIs) {
    service::jobs::JobRow job;
    job.id = make_id<JobNoun>();
    auto own = books();
    own.organization_id = make_id<OrganizationNoun>();
    const auto reply = accepted_reply(job, own);
    EXPECT_EQ(reply.status, 202);
    EXPECT_EQ(reply.body, job_value(job, own).dump());
    ASSERT_EQ(reply.headers.size(), 1U);
    EXPECT_EQ(reply.headers[0].first, "Location");
    EXPECT_EQ(reply.headers[0].second,
              "/organizations/" + to_text(own.organization_id) + "/jobs/" + to_text(job.id));
}

}  // namespace
}  // namespace crane::app
