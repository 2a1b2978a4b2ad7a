// Digests against published values, their spellings, and random bytes.
#include "shared/base/hash.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/random.h"

namespace crane {
namespace {

TEST(Hash, MatchesTheStandards) {
    const std::string thousand(1000, 'a');
    struct Row {
        std::string_view bytes;
        std::string_view sha256_hex;
        std::string_view short_hex;
    };
    const std::vector<Row> rows = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         "cae66941d9efbd404e4d88758ea67670"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
         "cf4ab791c62b8d2b2109c90275287816"},
        {thousand, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3",
         "a0e5a332e985551c28a377c40f4139c3"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(to_hex(as_view(sha256(row.bytes))), row.sha256_hex);
        EXPECT_EQ(short_digest_hex(row.bytes), row.short_hex);
    }
}

TEST(Hash, AViewOfNothingIsTheEmptyText) {
    EXPECT_EQ(sha256(std::string_view{}), sha256(""));
    EXPECT_EQ(short_digest_hex(std::string_view{}), short_digest_hex(""));
}

TEST(Hash, BytesAfterANulCount) {
    EXPECT_NE(sha256(std::string_view("a\0b", 3)), sha256(std::string_view("a\0c", 3)));
    EXPECT_NE(short_digest_hex(std::string_view("a\0b", 3)), short_digest_hex(std::string_view("a\0c", 3)));
}

TEST(Hash, WritesHexadecimal) {
    EXPECT_EQ(to_hex(""), "");
    EXPECT_EQ(to_hex(std::string_view("\x00\x01\x7F\x80\xAB\xFF", 6)), "00017f80abff");
}

TEST(Hash, WritesBase62) {
    struct Row {
        std::uint64_t value;
        std::size_t width;
        std::string_view text;
    };
    const std::vector<Row> rows = {
        {0, 0, ""},
        {0, 1, "0"},
        {0, 6, "000000"},
        {9, 1, "9"},
        {10, 1, "A"},
        {35, 1, "Z"},
        {36, 1, "a"},
        {61, 1, "z"},
        {62, 1, "10"},
        {62, 6, "000010"},
        {916'132'832, 6, "100000"},
        {3843, 2, "zz"},
        {std::numeric_limits<std::uint64_t>::max(), 6, "LygHa16AHYF"},
    };
    for (const Row& row : rows) EXPECT_EQ(encode_base62(row.value, row.width), row.text) << row.value;
}

TEST(Random, FillsEveryByteAnew) {
    std::set<std::array<std::uint8_t, 16>> seen;
    std::array<std::uint8_t, 16> ever_set{};
    for (int i = 0; i < 1000; ++i) {
        std::array<std::uint8_t, 16> bytes{};
        fill_random(bytes);
        EXPECT_TRUE(seen.insert(bytes).second);
        for (std::size_t b = 0; b < bytes.size(); ++b)
            ever_set[b] = static_cast<std::uint8_t>(ever_set[b] | bytes[b]);
    }
    for (const std::uint8_t byte : ever_set) EXPECT_EQ(byte, 0xFF);
    fill_random({});
}

// Of 620,000 characters each of the 62 comes 10,000 times, give or take 99 (one
// standard deviation). Without the rejection of the last bytes the first eight
// would come 12,100 times.
TEST(Random, Base62CharactersAreEquallyLikely) {
    const std::string text = random_base62(620'000);
    EXPECT_EQ(text.size(), 620'000U);
    std::map<char, int> counts;
    for (const char c : text) ++counts[c];
    EXPECT_EQ(counts.size(), 62U);
    for (const auto& [c, count] : counts) {
        EXPECT_TRUE((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) << c;
        EXPECT_NEAR(count, 10'000, 1000) << c;
    }
}

TEST(Random, Base62HasTheLengthAskedFor) {
    for (const std::size_t length : {0U, 1U, 24U, 32U, 63U, 64U, 65U})
        EXPECT_EQ(random_base62(length).size(), length);
    EXPECT_NE(random_base62(32), random_base62(32));
}

TEST(Random, StaysBelowItsBound) {
    EXPECT_EQ(random_below(1), 0U);
    std::set<std::uint32_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random_below(5));
    EXPECT_EQ(seen, (std::set<std::uint32_t>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace crane
