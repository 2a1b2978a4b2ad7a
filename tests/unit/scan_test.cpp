// What a body must be before a parser sees it: text, depth, numbers, and a mark that nobody can forge.
#include "shared/json/scan.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/error.h"
#include "shared/json/json.h"

namespace crane::json {
namespace {

bool parses(std::string_view text) {
    try {
        parse(text);
        return true;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_json) << text;
        return false;
    }
}

struct Row {
    std::string_view text;
    bool is_json;
};

void expect(const std::vector<Row>& rows) {
    for (const auto& [text, is_json] : rows)
        EXPECT_EQ(parses(text), is_json) << ::testing::PrintToString(text);
}

TEST(Scan, NumbersFollowTheGrammar) {
    expect({
        {"0", true},
        {"-0", true},
        {"1", true},
        {"10", true},
        {"-12", true},
        {"0.5", true},
        {"-0.50", true},
        {"12.00", true},
        {"1e3", true},
        {"1E3", true},
        {"1e+3", true},
        {"1.5e-3", true},
        {"0e0", true},
        {"9223372036854775808", true},
        {"[1,2, 3 ,-4]", true},
        {R"({"a":1,"b":-0.5})", true},

        {"-", false},
        {"+1", false},
        {"01", false},
        {"-01", false},
        {"00", false},
        {"1.", false},
        {".5", false},
        {"-.5", false},
        {"1.e3", false},
        {"1e", false},
        {"1e+", false},
        {"1.5.2", false},
        {"1-", false},
        {"--1", false},
        {"1 2", false},
        {"[1 2]", false},
        {"[1,]", false},
        {"[,1]", false},
        {"0x10", false},
        {"1_000", false},
        {"1,000", false},
        {"1e5e5", false},
        {"1a", false},
        {"12\"\"", false},
        {"\"\"12", false},
        {"NaN", false},
        {"Infinity", false},
        {"-Infinity", false},
    });
    // At most 64 characters.
    EXPECT_TRUE(parses(std::string(64, '1')));
    EXPECT_FALSE(parses(std::string(65, '1')));
    EXPECT_FALSE(parses("0." + std::string(64, '1')));
    EXPECT_FALSE(parses("1e" + std::string(64, '0')));
}

TEST(Scan, ANumberIsNoName) {
    expect({
        {"{1:2}", false},
        {"{-1.5:2}", false},
        {R"({"a":{1:"b"}})", false},
        {R"({"1":2})", true},
    });
}

TEST(Scan, DepthIsBounded) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    const auto objects = [](std::size_t depth) {
        std::string text = "1";
        for (std::size_t i = 0; i < depth; ++i) text.insert(0, R"({"a":)").append("}");
        return text;
    };
    EXPECT_TRUE(parses(nested(31)));
    EXPECT_TRUE(parses(nested(32)));
    EXPECT_FALSE(parses(nested(33)));
    EXPECT_FALSE(parses(nested(1000000)));
    EXPECT_FALSE(parses(std::string(1000000, '[')));
    EXPECT_TRUE(parses(objects(32)));
    EXPECT_FALSE(parses(objects(33)));
    // Beside each other they are no deeper; within a string they are none.
    EXPECT_TRUE(parses("[" + nested(31) + "," + nested(31) + "]"));
    EXPECT_FALSE(parses("[" + nested(31) + "," + nested(32) + "]"));
    EXPECT_TRUE(parses('"' + std::string(100, '[') + '"'));
}

TEST(Scan, TextIsUtf8) {
    expect({
        {"\"Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x8F\xA6\"", true},
        {"\"\xC3\"", false},
        {"\"\xC0\x80\"", false},
        {"\"\xED\xA0\x80\"", false},
        {"\"\xFF\"", false},
        {"{\"\xFF\":1}", false},
        {"\xFF", false},
    });
}

TEST(Scan, EscapesAreThoseOfTheGrammar) {
    expect({
        {R"("\" \\ \/ \b \f \n \r \t")", true},
        {R"("\u00e9 \u00E9 \u20ac")", true},
        {R"("\ud83c\udfe6 \uD83C\uDFE6")", true},
        {R"("\\u0000")", true},  // a backslash, then plain characters

        {R"("\x41")", false},
        {R"("\'")", false},
        {R"("\0")", false},
        {R"("\U0041")", false},
        {R"("\a")", false},
        {R"("\u")", false},
        {R"("\u12")", false},
        {R"("\u00g0")", false},
        {R"("\uZZZZ")", false},
        {R"("a\u 041b")", false},
        {R"("\u-041")", false},
        {R"("\ud83c")", false},        // half of a pair
        {R"("\udfe6")", false},        // the other half
        {R"("\udfe6\ud83c")", false},  // the wrong way round
        {R"("\ud83c\u0041")", false},  // not its other half
        {R"("\ud83cx")", false},
        {R"("\)", false},
        {R"("\")", false},
        {R"("a)", false},
        {R"(")", false},
    });
}

TEST(Scan, NoNulAndNoControlCharacterGetsIn) {
    for (int code = 0; code < 0x20; ++code) {
        const std::string raw(1, static_cast<char>(code));
        EXPECT_FALSE(parses("\"" + raw + "\"")) << code;
        EXPECT_FALSE(parses("\"before" + raw + "after\"")) << code;
        EXPECT_FALSE(parses("{\"" + raw + "\":1}")) << code;
        // RFC 8259 section 2: blanks are space, tab, line feed and carriage return.
        const bool is_blank = code == '\t' || code == '\n' || code == '\r';
        EXPECT_EQ(parses("[" + raw + "]"), is_blank) << code;
        EXPECT_EQ(parses("[]" + raw), is_blank) << code;
        EXPECT_EQ(parses(raw + "[]"), is_blank) << code;
    }
    expect({
        {R"("\u0000")", false},
        {R"("a\u0000b")", false},
        {R"({"\u0000":1})", false},
        {R"({"a\u0000":1})", false},
        {R"("\u001f")", true},
        {R"("\u007f")", true},
    });
}

// A string that begins with the mark would pass for a number.
TEST(Scan, TheMarkOfANumberCannotBeSent) {
    // NOLINTBEGIN(bugprone-suspicious-missing-comma): an escape in hexadecimal ends where its literal does.
    const std::vector<std::string> forged = {
        "\"\x01"
        "12\"",
        R"("\u000112")",
        R"("\u0001")",
        R"("\\\u0001")",
        R"("\"\u0001")",
        R"("a\u0001")",
        R"({"\u0001":1})",
        R"({"a":"\u000112"})",
        R"("\U000112")",
        R"("\u000\u0031")",
        R"("\x0112")",
        R"("\112")",
        R"("\u{1}12")",
        R"("\u00000001")",
        "\"\xC0\x81"
        "12\"",  // overlong in two bytes
        "\"\xE0\x80\x81"
        "12\"",  // and in three
        "\"\xF0\x80\x80\x81"
        "12\"",  // and in four
        "\x01"
        "12",
    };
    // NOLINTEND(bugprone-suspicious-missing-comma)
    for (const auto& text : forged) EXPECT_FALSE(parses(text)) << ::testing::PrintToString(text);
    // Upper and lower case of all digits that stand for one.
    for (const char* hex : {"0001", "000A", "000a", "001F", "001f"}) {
        const auto text = std::string("\"\\u") + hex + "12\"";
        if (!parses(text)) continue;
        EXPECT_EQ(parse(text).root().kind(), Kind::string) << text;
    }
    // Strings of digits stay strings, numbers stay numbers.
    EXPECT_EQ(parse(R"("12")").root().kind(), Kind::string);
    EXPECT_EQ(parse(R"("\u0031\u0032")").root().kind(), Kind::string);
    EXPECT_EQ(parse("12").root().kind(), Kind::number);
}

TEST(Scan, RefusesWhatStandsBesideTheValue) {
    expect({
        {"{}", true},
        {" {} ", true},
        {"\t\r\n{}\n", true},
        {"true", true},
        {"null", true},
        {"", false},
        {" ", false},
        {"{}{}", false},
        {"{} x", false},
        {"{},", false},
        {"// a note\n{}", false},
        {"{} // a note", false},
        {"/* a note */{}", false},
        {"{\"a\":1,}", false},
        {"{a:1}", false},
        {"{'a':1}", false},
        {"{\"a\" 1}", false},
        {"{\"a\":}", false},
        {"{\"a\"}", false},
        {"{,}", false},
        {"[1", false},
        {"{\"a\":1", false},
        {"[}", false},
        {"{]", false},
        {"]", false},
        {"]]]]", false},
        {"tru", false},
        {"True", false},
        {"nullnull", false},
        {"[truefalse]", false},
        {"undefined", false},
    });
}

// Whatever stands in a body: it is refused with a sentence, or it is read; nothing else happens.
TEST(Scan, SurvivesAnything) {
    std::mt19937_64 random(20260131);
    const std::vector<std::string> pieces = {
        "{", "}", "[",    "]",    ":", ",",  "\"", "\\",   "\\u",  "0001",     "0000", "d83c",  "12",    "-",
        ".", "e", "true", "null", " ", "\n", "a",  "\x01", "\xC3", "\xC3\xBC", "\\\"", "\"a\"", "\"a\":"};
    for (int round = 0; round < 50000; ++round) {
        std::string text;
        for (auto left = random() % 12; left > 0; --left) text += pieces[random() % pieces.size()];
        if (!parses(text)) continue;
        // What was read is written, and read again, as the same.
        const auto written = parse(text).root().dump();
        ASSERT_EQ(parse(written).root().dump(), written) << text;
    }
}

}  // namespace
}  // namespace crane::json
