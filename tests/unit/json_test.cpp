// What was read is what was sent, to the last digit, and what is built is JSON.
#include "shared/json/json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "shared/base/error.h"

namespace crane::json {
namespace {

std::string again(std::string_view text) {
    return parse(text).root().dump();
}

TEST(Json, DumpKeepsDigitsAsTheyWereSent) {
    for (const char* text :
         {"0", "-0", "0.10", "1e5", "1E+05", "1.50e-10", "12345678901234567890",
          "0.1000000000000000055511151231257827", "123456789012345678901234567890.123456789",
          "9007199254740993", "1.7976931348623157e309", R"([1,-2,3.00])",
          R"({"amount":1250.00,"rate":1.08000000})"}) {
        EXPECT_EQ(again(text), text);
    }
}

TEST(Json, DumpKeepsStructureAndOrder) {
    struct Row {
        const char* text;
        const char* dumped;
    };
    const std::vector<Row> rows = {
        {" { \"b\" : [ 1 , true , null ] , \"a\" : { } } ", R"({"b":[1,true,null],"a":{}})"},
        {"[]", "[]"},
        {"[[],{}]", "[[],{}]"},
        {"\"\"", "\"\""},
        {R"({"a":1,"a":2})", R"({"a":1,"a":2})"},
        {R"({"":1})", R"({"":1})"},
        {R"("\u00e9\u20AC\ud83c\udfe6")", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8F\xA6\""},
        {R"("\/")", R"("/")"},
        {R"("\"\\\b\f\n\r\t")", R"("\"\\\b\f\n\r\t")"},
        {R"({"\"":"\\"})", R"({"\"":"\\"})"},
        {"false", "false"},
    };
    for (const auto& [text, dumped] : rows) EXPECT_EQ(again(text), dumped);
}

TEST(Json, ViewsTellWhatIsThere) {
    const auto document = parse(R"({"n":null,"b":true,"i":12.50,"s":"12.50","a":[1,2,3],"o":{"x":"y"}})");
    const auto root = document.root();
    EXPECT_EQ(root.kind(), Kind::object);
    EXPECT_EQ(root.size(), 6U);
    EXPECT_EQ(root.member("n").kind(), Kind::null);
    EXPECT_TRUE(root.member("n").exists());
    EXPECT_TRUE(root.member("n").is_null());
    EXPECT_EQ(root.member("b").kind(), Kind::boolean);
    EXPECT_TRUE(root.member("b").boolean());
    EXPECT_EQ(root.member("i").kind(), Kind::number);
    EXPECT_EQ(root.member("i").text(), "12.50");
    EXPECT_EQ(root.member("s").kind(), Kind::string);
    EXPECT_EQ(root.member("s").text(), "12.50");
    EXPECT_EQ(root.member("a").kind(), Kind::array);
    EXPECT_EQ(root.member("a").size(), 3U);
    EXPECT_EQ(root.member("o").member("x").text(), "y");
    EXPECT_EQ(root.member("o").member("x").name(), "x");
    EXPECT_EQ(root.member("o").dump(), R"({"x":"y"})");

    const auto absent = root.member("absent");
    EXPECT_FALSE(absent.exists());
    EXPECT_TRUE(absent.is_null());
    EXPECT_FALSE(absent.member("x").exists());
    EXPECT_EQ(absent.size(), 0U);
    EXPECT_FALSE(root.member("N").exists());  // names are told apart by case

    std::string seen;
    root.for_each([&](View child) { seen += child.name(); });
    EXPECT_EQ(seen, "nbisao");
}

TEST(Json, BuildsValues) {
    auto value = Value::object();
    value.set("text", "Z\xC3\xBCrich \"1\"\n").set("null", Value::null()).set("yes", Value::boolean(true));
    value.set("least", Value::integer(std::numeric_limits<std::int64_t>::min()));
    value.set("most", Value::integer(std::numeric_limits<std::int64_t>::max()));
    value.set("none", Value::string_or_null(std::nullopt)).set("some", Value::string_or_null("x"));
    value.set("empty", Value::string_or_null_if_empty("")).set("full", Value::string_or_null_if_empty("x"));
    value.set("raw", Value::raw(R"({"a":1.00})"));
    value.set_copied(std::string("copied"), Value::string("y"));
    auto list = Value::array();
    list.push(Value::integer(1)).push(Value::string("2"));
    value.set("list", std::move(list));
    EXPECT_EQ(
        value.dump(),
        "{\"text\":\"Z\xC3\xBCrich \\\"1\\\"\\n\",\"null\":null,\"yes\":true,\"least\":-9223372036854775808,"
        "\"most\":9223372036854775807,\"none\":null,\"some\":\"x\",\"empty\":null,\"full\":\"x\",\"raw\":{"
        "\"a\":1.00},"
        "\"copied\":\"y\",\"list\":[1,\"2\"]}");
    EXPECT_EQ(again(value.dump()), value.dump());
    EXPECT_EQ(Value::object().dump(), "{}");
    EXPECT_EQ(Value::array().dump(), "[]");
}

TEST(Json, AMovedValueIsHeldOnce) {
    auto first = Value::object();
    first.set("a", "1");
    auto second = std::move(first);
    second = Value::string("x");
    EXPECT_EQ(second.dump(), "\"x\"");
}

TEST(Json, SaysWhereItGoesWrong) {
    struct Row {
        std::string_view text;
        const char* message;
    };
    const std::vector<Row> rows = {
        {"", "The body is empty; it must be a JSON object."},
        {"\xFF", "The body is not valid UTF-8."},
        {"[01]", "The body is not valid JSON: a number with a leading zero at byte 1."},
        {"[1.]", "The body is not valid JSON: a malformed number at byte 1."},
        {"\"\n\"", "The body is not valid JSON: a control character within a string at byte 1."},
        {R"(["\u0000"])", "The body is not valid JSON: a NUL character at byte 2."},
        {R"([1,"a)", "The body is not valid JSON: a string that does not end at byte 3."},
    };
    for (const auto& [text, message] : rows) {
        try {
            parse(text);
            FAIL() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::invalid_json);
            EXPECT_STREQ(error.what(), message);
        }
    }
}

// Random documents, as one text and read back.
class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}

    std::string value(int depth) {
        switch (random_() % (depth == 0 ? 4 : 6)) {
            case 0:
                return random_() % 2 == 0 ? "true" : "null";
            case 1:
            case 2:
                return number();
            case 3:
                return string();
            case 4:
                return list(depth, '[', ']', false);
            default:
                return list(depth, '{', '}', true);
        }
    }

private:
    std::string digits(std::size_t least) {
        std::string text;
        for (auto left = least + random_() % 12; left > 0; --left)
            text += static_cast<char>('0' + random_() % 10);
        return text;
    }
    std::string number() {
        std::string text = random_() % 2 == 0 ? "-" : "";
        text += random_() % 3 == 0 ? "0" : std::to_string(1 + random_() % 9) + digits(0);
        if (random_() % 2 == 0) text += "." + digits(1);
        if (random_() % 4 == 0)
            text += "eE"[random_() % 2] + std::string(random_() % 2 == 0 ? "-" : "+") + digits(1);
        return text;
    }
    std::string string() {
        static const std::vector<std::string> pieces = {
            "a", "0", " ", "\\\"", "\\\\", "\\n", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x8F\xA6"};
        std::string text = "\"";
        for (auto left = random_() % 6; left > 0; --left) text += pieces[random_() % pieces.size()];
        return text + "\"";
    }
    std::string list(int depth, char begin, char end, bool is_named) {
        std::string text(1, begin);
        for (auto left = random_() % 4; left > 0; --left) {
            if (text.size() > 1) text += ',';
            if (is_named) text += string() + ":";
            text += value(depth - 1);
        }
        return text + end;
    }

    std::mt19937_64 random_;
};

TEST(Json, AnyDocumentReadsBackAsItWasSent) {
    Maker maker(20260131);
    for (int round = 0; round < 20000; ++round) {
        const auto text = maker.value(6);
        ASSERT_EQ(again(text), text) << round;
    }
}

}  // namespace
}  // namespace crane::json
