#include "shared/app/changes.h"

#include <gtest/gtest.h>

namespace crane::app {
namespace {

TEST(Changes, NameWhatDiffers) {
    struct Case {
        const char* before;
        const char* after;
        const char* changes;
    };
    const Case cases[] = {
        {R"({"id":"a","name":"x"})", R"({"id":"a","name":"x"})", R"({"before":{},"after":{}})"},
        {R"({"name":"x","code":null})", R"({"name":"y","code":"1"})",
         R"({"before":{"name":"x","code":null},"after":{"name":"y","code":"1"}})"},
        {R"({"m":{"a":"1"},"l":[1,2]})", R"({"m":{"a":"2"},"l":[1,2]})",
         R"({"before":{"m":{"a":"1"}},"after":{"m":{"a":"2"}}})"},
        {R"({"n":1.50})", R"({"n":1.5})", R"({"before":{"n":1.50},"after":{"n":1.5}})"},
        {R"({"was":1})", R"({"is":2})", R"({"before":{"was":1},"after":{"is":2}})"},
        {R"({"updated_at":"1","n":1})", R"({"updated_at":"2","n":1})", R"({"before":{},"after":{}})"},
    };
    for (const auto& [before, after, changes] : cases) {
        EXPECT_EQ(changes_between(before, after), changes) << before;
    }
}

TEST(Changes, NeverShowASecret) {
    for (const char* name : {"secret", "signing_secret", "password", "smtp_password", "token"}) {
        const auto object = [&](const char* value) {
            return R"({")" + std::string(name) + R"(":")" + value + R"("})";
        };
        EXPECT_EQ(changes_between(object("a"), object("b")), R"({"before":{},"after":{}})") << name;
        EXPECT_EQ(changes_between("{}", object("b")), R"({"before":{},"after":{}})") << name;
        EXPECT_EQ(whole_before(object("a")), R"({"before":{}})") << name;
    }
}

TEST(Changes, OnlyNameWhatIsLong) {
    const auto object = [](char fill) {
        return R"({"logo":")" + std::string(10'000, fill) + R"(","n":")" + fill + R"("})";
    };
    EXPECT_EQ(changes_between(object('a'), object('b')),
              R"({"before":{"n":"a"},"after":{"n":"b"},"omitted":["logo"]})");
    EXPECT_EQ(changed_fields(changes_between(object('a'), object('b'))),
              (std::vector<std::string>{"n", "logo"}));
}

TEST(Changes, OfARemovalAreAllThatWas) {
    EXPECT_EQ(whole_before(R"({"id":"a","name":"x"})"), R"({"before":{"id":"a","name":"x"}})");
    EXPECT_TRUE(changed_fields(whole_before(R"({"id":"a"})")).empty()) << "nothing changed, it went";
    EXPECT_TRUE(changed_fields("{}").empty());
}

class TellChanges : public ::testing::Test {
protected:
    static constexpr auto current = +[](Call&) { return json::Value::object(); };
    static constexpr auto read = +[](json::Reader&, Call&) { return Body(); };

    std::string told(const Operation& operation, const char* before, const char* after) {
        tell_changes(scope_, operation, before, after);
        return scope_.events.front().metadata;
    }

    std::unique_ptr<store::Session> session_ = store::unconnected_session();
    service::Scope scope_{*session_, {}, {}, {}};
};

TEST_F(TellChanges, OfTheResourceThatTheEventIsAbout) {
    const Operation update{.read = read, .current = current};
    scope_.note("account", "a", "account.updated");
    scope_.note("account", "b", "account.updated");
    EXPECT_EQ(told(update, R"({"id":"a","n":1})", R"({"id":"a","n":2})"),
              R"({"before":{"n":1},"after":{"n":2}})");
    EXPECT_EQ(scope_.events.back().metadata, "{}");
}

TEST_F(TellChanges, NothingWhereTheFamilyHasTold) {
    const Operation update{.read = read, .current = current};
    scope_.note("account", "a", "account.updated", R"({"own":1})");
    EXPECT_EQ(told(update, R"({"id":"a","n":1})", R"({"id":"a","n":2})"), R"({"own":1})");
}

TEST_F(TellChanges, NothingOfAnotherResource) {
    const Operation update{.read = read, .current = current};
    scope_.note("account", "a", "account.updated");
    EXPECT_EQ(told(update, R"({"id":"a","n":1})", R"({"id":"c","n":2})"), "{}");
}

TEST_F(TellChanges, OfARemoval) {
    const Operation removal{.status = 204, .current = current};
    scope_.note("account", "a", "account.deleted");
    EXPECT_EQ(told(removal, R"({"id":"a","n":1})", "null"), R"({"before":{"id":"a","n":1}})");
}

TEST_F(TellChanges, IsForChangesAndRemovals) {
    EXPECT_TRUE(tells_changes({.read = read, .current = current}));
    EXPECT_TRUE(tells_changes({.status = 204, .current = current}));
    EXPECT_FALSE(tells_changes({.read = read})) << "nothing to compare with";
    EXPECT_FALSE(tells_changes({.current = current})) << "an action";
    EXPECT_FALSE(tells_changes({.status = 201, .read = read, .current = current})) << "another resource";
}

}  // namespace
}  // namespace crane::app
