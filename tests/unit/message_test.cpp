// Queries, preferences and entity tags as HTTP writes them.
#include "shared/http/message.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace crane::http {
namespace {

TEST(Query, IsReadOrRefused) {
    struct Row {
        std::string_view query;
        std::optional<Parameters> parameters;
    };
    const std::vector<Row> rows = {
        {"", Parameters{}},
        {"a=1", Parameters{{"a", "1"}}},
        {"a=1&b=2", Parameters{{"a", "1"}, {"b", "2"}}},
        {"b=2&a=1&b=3", Parameters{{"b", "2"}, {"a", "1"}, {"b", "3"}}},  // as they were sent
        {"a", Parameters{{"a", ""}}},
        {"a=", Parameters{{"a", ""}}},
        {"=1", Parameters{{"", "1"}}},
        {"a=1=2", Parameters{{"a", "1=2"}}},
        {"&&a=1&", Parameters{{"a", "1"}}},
        {"a=1+2", Parameters{{"a", "1 2"}}},
        {"a=1%2B2", Parameters{{"a", "1+2"}}},
        {"a%5Bgte%5D=1", Parameters{{"a[gte]", "1"}}},
        {"a[gte]=1", Parameters{{"a[gte]", "1"}}},
        {"a=%26%3d", Parameters{{"a", "&="}}},
        {"q=Z%C3%BCrich", Parameters{{"q", "Z\xC3\xBCrich"}}},
        {"q=%c3%bC", Parameters{{"q", "\xC3\xBC"}}},
        {"q=%25", Parameters{{"q", "%"}}},
        {"q=%2525", Parameters{{"q", "%25"}}},  // once, not twice
        {"q=%7F%01", Parameters{{"q", "\x7F\x01"}}},

        {"a=%", std::nullopt},
        {"a=%4", std::nullopt},
        {"a=%4g", std::nullopt},
        {"a=%g4", std::nullopt},
        {"a=%%41", std::nullopt},
        {"a=%-1", std::nullopt},
        {"a=% 1", std::nullopt},
        {"%zz=1", std::nullopt},
        {"a=1&b=%", std::nullopt},
        {"a=%00", std::nullopt},
        {"a=1%002", std::nullopt},
        {"a=%C3", std::nullopt},
        {"a=%C0%80", std::nullopt},
        {"a=%ED%A0%80", std::nullopt},
        {"a=\xFF", std::nullopt},
    };
    for (const auto& [query, parameters] : rows) EXPECT_EQ(parse_query(query), parameters) << query;
}

TEST(Query, EncodingIsUndoneByDecoding) {
    std::mt19937_64 random(20260131);
    const std::vector<std::string> characters = {"a",
                                                 "Z",
                                                 "0",
                                                 " ",
                                                 "+",
                                                 "%",
                                                 "&",
                                                 "=",
                                                 "#",
                                                 "?",
                                                 "/",
                                                 "[",
                                                 "]",
                                                 "\"",
                                                 "~",
                                                 ".",
                                                 "-",
                                                 "_",
                                                 "\x01",
                                                 "\x7F",
                                                 "\n",
                                                 "\xC3\xBC",
                                                 "\xE2\x82\xAC",
                                                 "\xF0\x9F\x8F\xA6"};
    const auto draw = [&] {
        std::string text;
        for (auto left = random() % 12; left > 0; --left) text += characters[random() % characters.size()];
        return text;
    };
    for (int round = 0; round < 20000; ++round) {
        Parameters parameters;
        std::string query;
        for (auto left = random() % 4; left > 0; --left) {
            parameters.emplace_back("n" + draw(), draw());
            if (!query.empty()) query += '&';
            query += percent_encode(parameters.back().first) + "=" + percent_encode(parameters.back().second);
        }
        ASSERT_EQ(parse_query(query), parameters) << query;
    }
}

TEST(Query, EncodesAllButTheUnreserved) {
    EXPECT_EQ(percent_encode("azAZ09-._~"), "azAZ09-._~");  // RFC 3986 section 2.3
    EXPECT_EQ(percent_encode("a b+c/d?e"), "a%20b%2Bc%2Fd%3Fe");
    EXPECT_EQ(percent_encode("\xC3\xBC"), "%C3%BC");
    EXPECT_EQ(percent_encode(std::string_view("\0", 1)), "%00");
    EXPECT_EQ(percent_encode(""), "");
}

TEST(Prefer, IsReadAsRfc7240Says) {
    struct Row {
        std::string_view header;
        bool respond_async;
        std::optional<int> wait_seconds;
    };
    const std::vector<Row> rows = {
        {"", false, {}},
        {"respond-async", true, {}},
        {"Respond-Async", true, {}},
        {" respond-async ", true, {}},
        {"wait=10", false, 10},
        {"WAIT=10", false, 10},
        {"wait=0", false, 0},
        {"wait=30", false, 30},
        {"wait=31", false, 30},
        {"wait=2000000000", false, 30},
        {"respond-async, wait=10", true, 10},
        {"wait=10,respond-async", true, 10},
        {"respond-async; foo=bar, wait=5; x", true, 5},
        {"return=minimal", false, {}},
        {"return=minimal, wait=5", false, 5},
        {"respond-asynchronously", false, {}},
        {"async", false, {}},
        {"wait", false, {}},
        {"wait=", false, {}},
        {"wait=-1", false, {}},
        {"wait=1.5", false, {}},
        {"wait=10s", false, {}},
        {"wait=ten", false, {}},
        {",,", false, {}},
        // "If any preference is specified more than once, only the first instance is to be considered."
        {"wait=5, wait=10", false, 5},
        {"wait=10, wait=5", false, 10},
    };
    for (const auto& row : rows) {
        const auto preferences = parse_prefer(row.header);
        EXPECT_EQ(preferences.respond_async, row.respond_async) << row.header;
        EXPECT_EQ(preferences.wait_seconds, row.wait_seconds) << row.header;
    }
}

TEST(EntityTags, AreFoundInAList) {
    struct Row {
        std::string_view header;
        bool is_listed;
    };
    const std::vector<Row> rows = {
        {R"("abc")", true},
        {R"(W/"abc")", true},  // nginx weakens what it compresses
        {R"("x", "abc")", true},
        {R"("abc","x")", true},
        {R"("x",  W/"abc" )", true},
        {"*", true},
        {" * ", true},
        {"", false},
        {"abc", false},
        {R"("ab")", false},
        {R"("abcd")", false},
        {R"("ABC")", false},
        {R"(w/"abc")", false},
        {R"("x", "y")", false},
        {R"("abc)", false},
        {R"("*")", false},
    };
    for (const auto& [header, is_listed] : rows)
        EXPECT_EQ(lists_entity_tag(header, R"("abc")"), is_listed) << header;
}

}  // namespace
}  // namespace crane::http
