// The words of texts, as a table of texts and what they are found by.
#include "shared/domain/words.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace crane::domain {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string words(std::string_view text) {
    const std::string_view texts[] = {text};
    return joined(words_of(texts));
}

TEST(Words, AreLettersAndDigitsWithoutCaseAccentsAndForms) {
    struct Row {
        const char* text;
        const char* words;
    };
    const Row rows[] = {
        {"", ""},
        {" -%_/\\ ", ""},
        {"Order 1001", "1001 order"},
        {"rent, RENT; rent's", "rent s"},
        {"R-7/2026_b", "2026 7 b r"},
        {"Café", "cafe"},
        {"Cafe\u0301", "cafe"},  // e and a combining acute accent
        {"STRASSE straße", "strasse"},
        {"ＡＢＣ１２", "abc12"},           // full width
        {"ﬁnance Ⅳ ½", "1 2 finance iv"},  // a ligature, a Roman number, a fraction
        {"ΣΊΣΥΦΟΣ", "σισυφοσ"},
        {"Žižkov, Łódź", "zizkov łodz"},  // the stroke of Ł is no mark
        {"Привет Ёлка", "елка привет"},
        {"東京タワー", "タ ワ ー 京 東"},
        {"ガ", "カ"},
        {"ร้าน", "น ร า"},
        {"한", "\u1112\u1161\u11AB"},  // syllables become their letters
        {"a\u00ADb", "ab"},            // a soft hyphen
        {"€ 5", "5"},
        {"😀 ok", "ok"},
    };
    for (const auto& row : rows) EXPECT_EQ(words(row.text), row.words) << row.text;
}

TEST(Words, AreOfAllTextsTogether) {
    const std::string_view texts[] = {"b a", "", "c a"};
    EXPECT_EQ(joined(words_of(texts)), "a b c");
}

TEST(Words, AreCutAndCounted) {
    EXPECT_EQ(words(std::string(40, 'a')), std::string(32, 'a'));
    std::string accents;
    for (int i = 0; i < 40; ++i) accents += "é";
    EXPECT_EQ(words(accents), std::string(32, 'e'));
    std::string many;
    for (int i = 100; i < 250; ++i) many += std::to_string(i) + " ";
    const std::string_view texts[] = {many};
    const auto found = words_of(texts);
    ASSERT_EQ(found.size(), most_words);
    EXPECT_EQ(found.back(), "199");
}

TEST(Words, SearchedForAreTheLongestFirstWithoutTheirBeginnings) {
    EXPECT_EQ(joined(words_searched("b rent ren a Rents")), "rents a b");
    EXPECT_EQ(joined(words_searched("%")), "");
}

}  // namespace
}  // namespace crane::domain
