// What counts as text, and the small cuts that are made from it.
#include "shared/base/text.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crane {
namespace {

TEST(Text, AcceptsWellFormedUtf8Only) {
    struct Row {
        std::string_view text;
        bool valid;
    };
    const std::vector<Row> rows = {
        {"", true},
        {"plain", true},
        {"exactly8", true},
        {"more than eight, less than two eights", true},
        {std::string_view("\0", 1), true},
        {"\x7F", true},
        {"\xC2\x80", true},          // U+0080, the first of two bytes
        {"\xDF\xBF", true},          // U+07FF, the last
        {"\xE0\xA0\x80", true},      // U+0800, the first of three
        {"\xED\x9F\xBF", true},      // U+D7FF, before the surrogates
        {"\xEE\x80\x80", true},      // U+E000, after them
        {"\xEF\xBF\xBF", true},      // U+FFFF
        {"\xF0\x90\x80\x80", true},  // U+10000, the first of four
        {"\xF4\x8F\xBF\xBF", true},  // U+10FFFF, the last of all
        {"Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x8F\xA6 bank", true},

        {"\xC0\x80", false},  // overlong NUL
        {"\xC1\xBF", false},
        {"\xE0\x80\x80", false},  // overlong
        {"\xE0\x9F\xBF", false},
        {"\xF0\x80\x80\x80", false},
        {"\xF0\x8F\xBF\xBF", false},
        {"\xED\xA0\x80", false},              // surrogate U+D800
        {"\xED\xBF\xBF", false},              // surrogate U+DFFF
        {"\xED\xA0\xBD\xED\xB8\x80", false},  // a pair of them (CESU-8)
        {"\xF4\x90\x80\x80", false},          // U+110000
        {"\xF5\x80\x80\x80", false},
        {"\xF8\x88\x80\x80\x80", false},
        {"\xFE", false},
        {"\xFF", false},

        {"\x80", false},  // a continuation alone
        {"\xBF", false},
        {"a\x80", false},
        {"\xC3", false},  // cut off
        {"\xE2\x82", false},
        {"\xE2", false},
        {"\xF0\x9F\x8F", false},
        {"\xF0\x9F", false},
        {"\xF0", false},
        {"a\xC3", false},
        {"\xC3 ", false},  // the next byte does not continue
        {"\xC3\xC3\xBC", false},
        {"\xE2\x82 ", false},
        {"\xE2 \xAC", false},
        {"\xE2\xC2\xAC", false},
        {"\xF0\x9F\x8F ", false},
        {"\xF0\x9F \xA6", false},
        {"\xC3\xBC\xBC", false},  // one continuation too many
        {"12345678\xFF", false},
        {"1234567\xFF", false},
        {"\xFF"
         "12345678",
         false},
        {"12345678\xC3\xBC"
         "12345678\xC3",
         false},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(is_valid_utf8(row.text), row.valid) << ::testing::PrintToString(row.text);
        // Wherever a fault stands, before it and in whatever words of eight.
        const std::string embedded = "some text before" + std::string(row.text) + "after";
        EXPECT_EQ(is_valid_utf8(embedded), row.valid) << ::testing::PrintToString(embedded);
    }
}

// The encoder of RFC 3629, section 3, without its exceptions.
std::string encoded(unsigned point) {
    const auto continuation = [point](unsigned shift) {
        return static_cast<char>(0x80U | (point >> shift & 0x3FU));
    };
    if (point < 0x80) return {static_cast<char>(point)};
    if (point < 0x800) return {static_cast<char>(0xC0U | point >> 6U), continuation(0)};
    if (point < 0x10000) return {static_cast<char>(0xE0U | point >> 12U), continuation(6), continuation(0)};
    return {static_cast<char>(0xF0U | point >> 18U), continuation(12), continuation(6), continuation(0)};
}

TEST(Text, AcceptsEveryCodePointButTheSurrogates) {
    for (unsigned point = 0; point < 0x120000; ++point) {
        const std::string text = encoded(point);
        const bool valid = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
        ASSERT_EQ(is_valid_utf8(text), valid) << point;
        ASSERT_EQ(leading_character_bytes(text + "x"), valid ? text.size() : 0U) << point;
        ASSERT_EQ(count_characters(text), 1U) << point;
    }
}

TEST(Text, MeasuresTheFirstCharacter) {
    struct Row {
        std::string_view text;
        std::size_t bytes;
    };
    const std::vector<Row> rows = {
        {"", 0},     {"ab", 1},       {"\xC3\xBC", 2}, {"\xE2\x82\xAC.", 3}, {"\xF0\x9F\x8F\xA6", 4},
        {"\xC3", 0}, {"\xE2\x82", 0}, {"\xF0\x9F", 0}, {"\xF0\x9F\x8F", 0},  {"\xFF", 0},
    };
    for (const Row& row : rows) EXPECT_EQ(leading_character_bytes(row.text), row.bytes);
}

TEST(Text, CountsCharactersNotBytes) {
    struct Row {
        std::string_view text;
        std::size_t characters;
    };
    const std::vector<Row> rows = {
        {"", 0}, {"abc", 3}, {"Z\xC3\xBCrich", 6}, {"\xE2\x82\xAC\xF0\x9F\x8F\xA6", 2}, {"e\xCC\x81", 2},
    };
    for (const Row& row : rows) EXPECT_EQ(count_characters(row.text), row.characters) << row.text;
}

TEST(Text, TrimsSpacesAndTabsAtBothEnds) {
    struct Row {
        std::string_view text;
        std::string_view trimmed;
    };
    const std::vector<Row> rows = {
        {"", ""},    {" ", ""},    {" \t ", ""},         {"a", "a"},
        {" a", "a"}, {"a\t", "a"}, {"\t a b \t", "a b"}, {"\na\n", "\na\n"},
    };
    for (const Row& row : rows) EXPECT_EQ(trim(row.text), row.trimmed) << '"' << row.text << '"';
}

TEST(Text, LowersAsciiLettersOnly) {
    struct Row {
        std::string_view text;
        std::string_view lower;
    };
    const std::vector<Row> rows = {
        {"", ""},
        {"AZaz", "azaz"},
        {"@[`{09", "@[`{09"},
        {"Content-Type", "content-type"},
        {"\xC3\x9C", "\xC3\x9C"},
    };
    for (const Row& row : rows) EXPECT_EQ(to_lower_ascii(row.text), row.lower);
}

TEST(Text, SplitsAtEverySeparator) {
    struct Row {
        std::string_view text;
        std::vector<std::string_view> pieces;
    };
    const std::vector<Row> rows = {
        {"", {""}},
        {"a", {"a"}},
        {",", {"", ""}},
        {"a,b", {"a", "b"}},
        {"a,,b", {"a", "", "b"}},
        {",a,", {"", "a", ""}},
        {"a;b", {"a;b"}},
    };
    for (const Row& row : rows) EXPECT_EQ(split(row.text, ','), row.pieces) << '"' << row.text << '"';
}

TEST(Text, TokensHaveLettersDigitsUnderscoreAndHyphen) {
    EXPECT_FALSE(is_token(""));
    const std::string_view allowed = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
    EXPECT_TRUE(is_token(allowed));
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const bool fits = allowed.find(c) != std::string_view::npos;
        EXPECT_EQ(is_token(std::string{c}), fits) << byte;
        EXPECT_EQ(is_token(std::string{'a', c, 'a'}), fits) << byte;
    }
}

}  // namespace
}  // namespace crane
