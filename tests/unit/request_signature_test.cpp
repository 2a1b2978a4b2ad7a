// Crane-Signature: its header, the text that is signed, who made it and when.
#include "shared/app/request_signature.h"

#include <gtest/gtest.h>

#include <string>

#include "shared/base/error.h"
#include "shared/base/secret_box.h"

namespace crane::app {
namespace {

const std::string code(64, 'a');
const std::string well_formed = "t=1700000000,n=abcd-_09,v1=" + code;

// The message of the refusal, "" when there is none.
std::string refusal_of_header(const std::string& header) {
    try {
        parse_signature(header);
        return "";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_signature) << header;
        return error.what();
    }
}

TEST(SignatureHeader, IsReadInAnyOrder) {
    const std::string headers[] = {
        well_formed,
        "n=abcd-_09,v1=" + code + ",t=1700000000",
        "t=1700000000, n=abcd-_09 ,\tv1=" + code,
        "t=1700000000,n=abcd-_09,v1=" + std::string(64, 'A'),
    };
    for (const auto& header : headers) {
        const auto signature = parse_signature(header);
        EXPECT_EQ(signature.unix_seconds, 1'700'000'000) << header;
        EXPECT_EQ(signature.nonce, "abcd-_09") << header;
        EXPECT_EQ(to_hex(as_view(signature.code)), code) << header;
    }
}

TEST(SignatureHeader, OtherwiseIsRefusedWithAReason) {
    struct Row {
        std::string header;
        const char* reason;
    };
    const auto with = [](const std::string& time, const std::string& nonce, const std::string& value) {
        return "t=" + time + ",n=" + nonce + ",v1=" + value;
    };
    const Row rows[] = {
        {"", "header must be"},
        {"nonsense", "header must be"},
        {well_formed + ",", "header must be"},
        {"," + well_formed, "header must be"},
        {well_formed + ",v2=x", "header must be"},
        {well_formed + ",t=1700000000", "header must be"},
        {well_formed + ",v1=" + code, "header must be"},
        {"T=1700000000,n=abcd-_09,v1=" + code, "header must be"},
        {"t =1700000000,n=abcd-_09,v1=" + code, "header must be"},
        {"t=1700000000,n=abcd-_09", "needs all of"},
        {"t=1700000000,v1=" + code, "needs all of"},
        {"n=abcd-_09,v1=" + code, "needs all of"},
        {with("", "abcd-_09", code), "Unix seconds"},
        {with("x", "abcd-_09", code), "Unix seconds"},
        {with("-1700000000", "abcd-_09", code), "Unix seconds"},
        {with("+1700000000", "abcd-_09", code), "Unix seconds"},
        {with("1700000000.5", "abcd-_09", code), "Unix seconds"},
        {with("1234567890123", "abcd-_09", code), "Unix seconds"},
        {with("99999999999999999999", "abcd-_09", code), "Unix seconds"},
        {with("1700000000", "", code), "8 to 64"},
        {with("1700000000", "abcdefg", code), "8 to 64"},
        {with("1700000000", std::string(65, 'x'), code), "8 to 64"},
        {with("1700000000", "abcd efgh", code), "8 to 64"},
        {with("1700000000", "abcd=efgh", code), "8 to 64"},
        {with("1700000000", "abcdéfgh", code), "8 to 64"},
        {with("1700000000", "abcd\nefgh", code), "8 to 64"},
        {with("1700000000", "abcd-_09", ""), "64 hexadecimal"},
        {with("1700000000", "abcd-_09", code + "aa"), "64 hexadecimal"},
        {with("1700000000", "abcd-_09", code.substr(2)), "64 hexadecimal"},
        {with("1700000000", "abcd-_09", code.substr(1)), "64 hexadecimal"},
        {with("1700000000", "abcd-_09", "g" + code.substr(1)), "64 hexadecimal"},
    };
    for (const auto& [header, reason] : rows) {
        EXPECT_NE(refusal_of_header(header).find(reason), std::string::npos) << header;
    }
    EXPECT_EQ(refusal_of_header(with("1700000000", std::string(64, 'x'), code)), "");
    EXPECT_EQ(refusal_of_header(with("1700000000", std::string(8, 'x'), code)), "");
}

TEST(SignedText, IsFiveLines) {
    struct Row {
        SignedContent content;
        const char* lines;
    };
    const Row rows[] = {
        {{"GET", "/organizations", ""},
         "GET\n/organizations\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {{"GET", "/organizations?", ""},
         "GET\n/organizations?\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {{"POST", "/organizations?a=%20+b&c[gte]=1", "abc"},
         "POST\n/"
         "organizations?a=%20+b&c[gte]=1\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    };
    RequestSignature signature;
    signature.unix_seconds = 1'700'000'000;
    signature.nonce = "abcd-_09";
    for (const auto& [content, lines] : rows)
        EXPECT_EQ(signed_text(signature, content), std::string("1700000000\nabcd-_09\n") + lines);
}

constexpr SignedContent content{"POST", "/organizations?x=1", "{\"name\":\"x\"}"};
constexpr std::int64_t moment = 1'700'000'000;
constexpr std::string_view secret = "cls_0123456789ABCDEFGHIJKLMNOPQRSTUV";

RequestSignature made_at(std::int64_t unix_seconds) {
    RequestSignature signature;
    signature.unix_seconds = unix_seconds;
    signature.nonce = "abcd-_09";
    signature.code = hmac_sha256(secret, signed_text(signature, content));
    return signature;
}

bool passes(const RequestSignature& signature, const SignedContent& asked, std::string_view with_secret,
            std::int64_t at_microseconds) {
    try {
        refuse_wrong_signature(signature, asked, with_secret, Timestamp{at_microseconds});
        return true;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_signature);
        EXPECT_EQ(std::string(error.what()).find(secret), std::string::npos);
        return false;
    }
}

TEST(Signature, HoldsForFiveMinutesEitherWay) {
    struct Row {
        std::int64_t microseconds_later;
        bool is_passing;
    };
    const Row rows[] = {
        {0, true},
        {299'000'000, true},
        {300'000'000, true},
        {300'999'999, true},
        {301'000'000, false},
        {-299'000'000, true},
        {-300'000'000, true},
        {-301'000'000, false},
        {86'400'000'000, false},
    };
    for (const auto& [later, is_passing] : rows)
        EXPECT_EQ(passes(made_at(moment), content, secret, moment * 1'000'000 + later), is_passing) << later;
    EXPECT_FALSE(passes(made_at(999'999'999'999), content, secret, moment * 1'000'000));
    EXPECT_FALSE(passes(made_at(0), content, secret, moment * 1'000'000));
}

TEST(Signature, IsOfThisRequestAndThisSecretOnly) {
    struct Row {
        const char* what;
        SignedContent content;
        std::string_view secret;
    };
    const Row rows[] = {
        {"method", {"PUT", content.target, content.body}, secret},
        {"case of the method", {"post", content.target, content.body}, secret},
        {"path", {"POST", "/organizationz?x=1", content.body}, secret},
        {"query", {"POST", "/organizations?x=2", content.body}, secret},
        {"no query", {"POST", "/organizations", content.body}, secret},
        {"body", {"POST", content.target, "{\"name\":\"y\"}"}, secret},
        {"a blank more", {"POST", content.target, "{\"name\":\"x\"} "}, secret},
        {"no body", {"POST", content.target, ""}, secret},
        {"secret", content, "cls_0123456789ABCDEFGHIJKLMNOPQRSTUW"},
        {"secret without its prefix", content, secret.substr(4)},
        {"no secret", content, ""},
    };
    EXPECT_TRUE(passes(made_at(moment), content, secret, moment * 1'000'000));
    for (const auto& [what, asked, with_secret] : rows)
        EXPECT_FALSE(passes(made_at(moment), asked, with_secret, moment * 1'000'000)) << what;
}

TEST(Signature, CoversItsTimeAndNonce) {
    auto later = made_at(moment);
    later.unix_seconds += 1;
    EXPECT_FALSE(passes(later, content, secret, moment * 1'000'000));
    auto other = made_at(moment);
    other.nonce = "abcd-_08";
    EXPECT_FALSE(passes(other, content, secret, moment * 1'000'000));
}

TEST(Signature, AnySingleChangedBitIsNoticed) {
    const auto signature = made_at(moment);
    for (std::size_t byte = 0; byte < signature.code.size(); ++byte) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto changed = signature;
            changed.code[byte] = static_cast<std::uint8_t>(changed.code[byte] ^ 1U << bit);
            ASSERT_FALSE(passes(changed, content, secret, moment * 1'000'000)) << byte << " " << bit;
        }
    }
}

}  // namespace
}  // namespace crane::app
