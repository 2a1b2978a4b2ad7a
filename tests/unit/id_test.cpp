// Ids: ordered, never twice, and nothing but their own text reads as one.
#include "shared/base/id.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

#include "shared/base/clock.h"

namespace crane {
namespace {

// `first` and then zeros up to the last byte.
IdBytes bytes_of(std::uint8_t first, std::uint8_t last) {
    IdBytes bytes{};
    bytes.front() = first;
    bytes.back() = last;
    return bytes;
}

IdBytes filled_with(std::uint8_t byte) {
    IdBytes bytes{};
    bytes.fill(byte);
    return bytes;
}

IdBytes random_bytes(std::mt19937_64& random) {
    IdBytes bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

std::int64_t milliseconds_of(const IdBytes& bytes) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < 6; ++i) value = value << 8 | bytes[i];
    return value;
}

// Puts the real clock back however a test ends.
struct FixedClock {
    explicit FixedClock(std::int64_t milliseconds) { set_clock_for_tests(Timestamp{milliseconds * 1000}); }
    ~FixedClock() { set_clock_for_tests(Timestamp{}); }
};

TEST(Id, WritesBase36) {
    struct Row {
        IdBytes bytes;
        std::string_view text;
    };
    const std::vector<Row> rows = {
        {bytes_of(0, 0), "0000000000000000000000000"},
        {bytes_of(0, 1), "0000000000000000000000001"},
        {bytes_of(0, 35), "000000000000000000000000z"},
        {bytes_of(0, 36), "0000000000000000000000010"},
        {{0, 0, 0, 0, 0, 0, 0, 1}, "0000000000003w5e11264sgsg"},
        {{0x10, 0xe4, 0x25, 0xc5, 0x6d, 0xaf, 0xfa, 0xbc, 0x35, 0xc1}, "1000000000000000000000000"},
        {{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef},
         "02fapl4n1azs5kkwzrxa98bn3"},
        {filled_with(0xFF), "f5lxx1zz5pnorynqglhzmsp33"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(encode_base36(row.bytes), row.text);
        EXPECT_EQ(decode_base36(row.text), row.bytes) << row.text;
    }
}

TEST(Id, RefusesWhatIsNotBase36) {
    const std::vector<std::string_view> rows = {
        "",
        "0",
        "000000000000000000000000",    // 24
        "00000000000000000000000000",  // 26
        "f5lxx1zz5pnorynqglhzmsp34",   // 2^128
        "f5lxx1zz5pnorynqglhzmsq00",
        "g000000000000000000000000",
        "zzzzzzzzzzzzzzzzzzzzzzzzz",
        "000000000000000000000000A",
        "000000000000000000000000-",
        "000000000000000000000000 ",
        " 000000000000000000000000",
        "000000000000000000000000/",
        "000000000000000000000000:",
        "000000000000000000000000`",
        "000000000000000000000000{",
        "00000000000000000000000\xC3\xA9",
        std::string_view("000000000000000000000000\0", 25),
    };
    for (const auto text : rows) EXPECT_EQ(decode_base36(text), std::nullopt) << '"' << text << '"';
}

TEST(Id, ReadsOnlyItsOwnPrefix) {
    struct Row {
        std::string_view text;
        bool is_account;
    };
    const std::vector<Row> rows = {
        {"act_02fapl4n1azs5kkwzrxa98bn3", true},
        {"act_0000000000000000000000000", true},
        {"con_02fapl4n1azs5kkwzrxa98bn3", false},
        {"ACT_02fapl4n1azs5kkwzrxa98bn3", false},
        {"act-02fapl4n1azs5kkwzrxa98bn3", false},
        {"act_02fapl4n1azs5kkwzrxa98bn", false},
        {"act_02fapl4n1azs5kkwzrxa98bn33", false},
        {"act_02FAPL4N1AZS5KKWZRXA98BN3", false},
        {"act_f5lxx1zz5pnorynqglhzmsp34", false},
        {"act02fapl4n1azs5kkwzrxa98bn3", false},
        {"act_", false},
        {"act", false},
        {"", false},
        {"02fapl4n1azs5kkwzrxa98bn3", false},
        {" act_02fapl4n1azs5kkwzrxa98bn3", false},
    };
    for (const Row& row : rows) {
        const auto id = parse_id<AccountNoun>(row.text);
        EXPECT_EQ(id.has_value(), row.is_account) << row.text;
        EXPECT_EQ(id ? to_text(*id) : row.text, row.text);
    }
}

TEST(Id, WritesThePrefixOfItsNoun) {
    const IdBytes bytes = bytes_of(0, 1);
    const std::string rest = "_0000000000000000000000001";
    EXPECT_EQ(to_text(OrganizationId{bytes}), "org" + rest);
    EXPECT_EQ(to_text(AccountId{bytes}), "act" + rest);
    EXPECT_EQ(to_text(TransactionId{bytes}), "txn" + rest);
    EXPECT_EQ(to_text(ApiKeyId{bytes}), "key" + rest);
    EXPECT_EQ(to_text(JobId{bytes}), "job" + rest);
    EXPECT_EQ(to_text(EventId{bytes}), "evt" + rest);
    EXPECT_EQ(to_text(ContactId{bytes}), "con" + rest);
    EXPECT_EQ(to_text(CategoryId{bytes}), "cat" + rest);
}

TEST(Id, TextSortsAsBytesDoAndReadsBack) {
    std::mt19937_64 random(36);
    for (int i = 0; i < 50'000; ++i) {
        const IdBytes left = random_bytes(random);
        IdBytes right = random_bytes(random);
        // Neighbours of every distance, not only those that differ at once.
        std::copy_n(left.begin(), random() % 16, right.begin());
        const std::string left_text = encode_base36(left);
        const std::string right_text = encode_base36(right);
        ASSERT_EQ(left < right, left_text < right_text) << left_text << ' ' << right_text;
        ASSERT_EQ(left == right, left_text == right_text) << left_text << ' ' << right_text;
        ASSERT_EQ(decode_base36(left_text), left) << left_text;
    }
}

TEST(Id, ComesInTheOrderOfItsMaking) {
    IdBytes earlier = make_id_bytes();
    for (int i = 0; i < 100'000; ++i) {
        const IdBytes later = make_id_bytes();
        ASSERT_LT(earlier, later);
        earlier = later;
    }
}

TEST(Id, IsUniqueAndOrderedAcrossThreads) {
    constexpr std::size_t threads = 8;
    constexpr std::size_t ids_per_thread = 100'000;
    std::vector<std::vector<IdBytes>> made(threads);
    std::vector<std::thread> running;
    for (auto& ids : made) {
        running.emplace_back([&ids] {
            ids.reserve(ids_per_thread);
            for (std::size_t i = 0; i < ids_per_thread; ++i) ids.push_back(make_id_bytes());
        });
    }
    for (auto& thread : running) thread.join();
    const IdBytes after = make_id_bytes();

    std::vector<IdBytes> all;
    for (const auto& ids : made) {
        EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>{}), ids.end());
        all.insert(all.end(), ids.begin(), ids.end());
    }
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all.size(), threads * ids_per_thread);
    EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
    EXPECT_LT(all.back(), after);
    // The time and the counter alone, without the random bits, are unique too.
    const auto same_tick = [](const IdBytes& a, const IdBytes& b) {
        return std::equal(a.begin(), a.begin() + 7, b.begin()) && a[7] >> 4 == b[7] >> 4;
    };
    EXPECT_EQ(std::adjacent_find(all.begin(), all.end(), same_tick), all.end());
}

TEST(Id, BeginsWithTheClocksMilliseconds) {
    const std::int64_t ahead = std::max(now().microseconds / 1000, milliseconds_of(make_id_bytes())) + 1000;
    const FixedClock clock(ahead);
    const IdBytes first = make_id_bytes();
    EXPECT_EQ(milliseconds_of(first), ahead);
    EXPECT_EQ(first[6], 0);
    EXPECT_EQ(first[7] >> 4, 0);
    for (int i = 1; i < 4096; ++i) ASSERT_EQ(milliseconds_of(make_id_bytes()), ahead) << i;
    // The 4097th of a millisecond borrows from the next one.
    EXPECT_EQ(milliseconds_of(make_id_bytes()), ahead + 1);
}

TEST(Id, IsNotLessThanTheLeastOfItsMoment) {
    const auto id = make_id_bytes();
    const auto moment = milliseconds_of(id);
    EXPECT_LE(least_id_at(moment), id);
    EXPECT_GT(least_id_at(moment + 1), id);
    EXPECT_EQ(milliseconds_of(least_id_at(moment)), moment);
}

TEST(Id, StaysOrderedWhenTheClockStepsBack) {
    const IdBytes before = make_id_bytes();
    const FixedClock clock(1'000'000'000'000);
    const IdBytes after = make_id_bytes();
    EXPECT_LT(before, after);
    EXPECT_LT(after, make_id_bytes());
}

// Each of the 68 bits is seen both set and clear; that one of 1000 draws never
// shows a value has a chance of 2^-993.
TEST(Id, EndsWithRandomBits) {
    IdBytes ever_set{};
    IdBytes ever_clear{};
    for (int i = 0; i < 1000; ++i) {
        const IdBytes id = make_id_bytes();
        for (std::size_t b = 0; b < id.size(); ++b) {
            ever_set[b] = static_cast<std::uint8_t>(ever_set[b] | id[b]);
            ever_clear[b] = static_cast<std::uint8_t>(ever_clear[b] | ~id[b]);
        }
    }
    EXPECT_EQ(ever_set[7] & 0x0F, 0x0F);
    EXPECT_EQ(ever_clear[7] & 0x0F, 0x0F);
    for (std::size_t b = 8; b < 16; ++b) {
        EXPECT_EQ(ever_set[b], 0xFF) << "byte " << b;
        EXPECT_EQ(ever_clear[b], 0xFF) << "byte " << b;
    }
}

std::vector<IdBytes> ids_of_a_forked_child(std::size_t count) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    const pid_t child = fork();
    if (child == 0) {
        for (std::size_t i = 0; i < count; ++i) {
            const IdBytes id = make_id_bytes();
            if (write(ends[1], id.data(), id.size()) != static_cast<ssize_t>(id.size())) _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    std::vector<IdBytes> ids(count);
    for (IdBytes& id : ids) EXPECT_EQ(read(ends[0], id.data(), id.size()), static_cast<ssize_t>(id.size()));
    close(ends[0]);
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    return ids;
}

TEST(Id, ForkedChildHasRandomBitsOfItsOwn) {
    make_id_bytes();  // so that there is a stock of random bytes to inherit
    const auto theirs = ids_of_a_forked_child(28);
    std::vector<std::uint64_t> random_ends;
    const auto add_end = [&](const IdBytes& id) {
        random_ends.emplace_back();
        std::memcpy(&random_ends.back(), id.data() + 8, 8);
    };
    for (const IdBytes& id : theirs) add_end(id);
    for (int i = 0; i < 28; ++i) add_end(make_id_bytes());
    std::sort(random_ends.begin(), random_ends.end());
    EXPECT_EQ(std::adjacent_find(random_ends.begin(), random_ends.end()), random_ends.end());
}

TEST(Id, HashSpreadsIdsOfOneMillisecond) {
    std::unordered_set<std::size_t> hashes;
    for (int i = 0; i < 1000; ++i) hashes.insert(std::hash<AccountId>{}(make_id<AccountNoun>()));
    EXPECT_EQ(hashes.size(), 1000U);
}

}  // namespace
}  // namespace crane
