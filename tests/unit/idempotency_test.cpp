// What makes two requests the same, and which keys are taken.
#include "shared/app/idempotency.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "shared/base/error.h"

namespace crane::app {
namespace {

http::Request request() {
    http::Request request;
    request.method = "POST";
    request.path = "/organizations/org_1/accounts";
    request.query_string = "include=balances";
    request.body = R"({"name":"A"})";
    return request;
}

TEST(RequestHash, MethodPathQueryAndBodyCount) {
    const std::vector<std::function<void(http::Request&)>> changes = {
        [](auto&) {},
        [](auto& changed) { changed.method = "PUT"; },
        [](auto& changed) { changed.path += "/"; },
        [](auto& changed) { changed.query_string = ""; },
        [](auto& changed) { changed.query_string += "&a=1"; },
        [](auto& changed) { changed.body += " "; },
        [](auto& changed) { changed.body = ""; },
        [](auto& changed) { changed.body = R"({"name":"B"})"; },
        // The same characters, cut elsewhere.
        [](auto& changed) { changed.path += "include=balances", changed.query_string = ""; },
        [](auto& changed) { changed.query_string = "", changed.body = "include=balances" + changed.body; },
    };
    std::set<Digest> hashes;
    for (const auto& change : changes) {
        auto changed = request();
        change(changed);
        hashes.insert(request_hash(changed));
    }
    EXPECT_EQ(hashes.size(), changes.size());
}

TEST(RequestHash, NothingElseCounts) {
    auto changed = request();
    changed.authorization = "Bearer other";
    changed.idempotency_key = "key";
    changed.request_id = "req_2";
    changed.remote_address = "203.0.113.7";
    changed.user_agent = "other";
    changed.prefer = "respond-async";
    changed.content_type = "application/json; charset=utf-8";
    EXPECT_EQ(request_hash(changed), request_hash(request()));
}

TEST(IdempotencyKeys, AreUpTo255Characters) {
    EXPECT_NO_THROW(refuse_malformed_key("k"));
    EXPECT_NO_THROW(refuse_malformed_key(std::string(255, 'k')));
    try {
        refuse_malformed_key(std::string(256, 'k'));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_request);
        ASSERT_EQ(error.faults.size(), 1U);
        EXPECT_EQ(error.faults[0].field, "Idempotency-Key");
        EXPECT_EQ(error.faults[0].message, "has 256 characters; 1 to 255 are allowed");
    }
}

}  // namespace
}  // namespace crane::app
