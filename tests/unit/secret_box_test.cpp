#include "shared/base/secret_box.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "shared/base/base64.h"

namespace crane {
namespace {

Digest key_of(std::string_view text) {
    return sha256(text);
}

TEST(SecretBox, OpensWithItsKeyOnly) {
    const auto sealed = seal("whsec_1", key_of("a"));
    EXPECT_EQ(unseal(sealed, key_of("a")), "whsec_1");
    EXPECT_EQ(unseal(sealed, key_of("b")), std::nullopt);
    EXPECT_EQ(sealed.find("whsec"), std::string::npos);
    EXPECT_NE(seal("whsec_1", key_of("a")), sealed) << "each has a nonce of its own";
    EXPECT_EQ(unseal(seal("", key_of("a")), key_of("a")), "");
}

TEST(SecretBox, NoticesEveryChange) {
    const auto sealed = seal("whsec_1", key_of("a"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_EQ(unseal(changed, key_of("a")), std::nullopt) << i;
    }
    for (std::size_t length = 0; length < sealed.size(); ++length) {
        EXPECT_EQ(unseal(std::string_view(sealed).substr(0, length), key_of("a")), std::nullopt) << length;
    }
}

TEST(SecretBox, KeysOfOtherPurposesAreOthers) {
    const auto key = derive_key(key_of("a"), "webhooks");
    EXPECT_EQ(key, derive_key(key_of("a"), "webhooks"));
    EXPECT_NE(key, derive_key(key_of("a"), "signing"));
    EXPECT_NE(key, derive_key(key_of("b"), "webhooks"));
    EXPECT_NE(key, key_of("a"));
}

// RFC 4231, test cases 1, 2 and 6: short, wordy and over-long keys.
TEST(SecretBox, HmacIsThatOfTheStandard) {
    EXPECT_EQ(to_hex(as_view(hmac_sha256(std::string(20, '\x0b'), "Hi There"))),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(as_view(hmac_sha256("Jefe", "what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(as_view(hmac_sha256(std::string(131, '\xaa'),
                                         "Test Using Larger Than Block-Size Key - Hash Key First"))),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 4648, section 10.
TEST(SecretBox, Base64IsThatOfTheStandard) {
    const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : cases) {
        EXPECT_EQ(encode_base64(plain), encoded);
        EXPECT_EQ(decode_base64(encoded), plain);
    }
    for (const char* text : {"Zg", "Zg=", "Z", "Zm9v!", "Zm9v Zm9v", "Zm-_"})
        EXPECT_EQ(decode_base64(text), std::nullopt) << text;
}

class KeyFile : public ::testing::Test {
public:
    KeyFile(const KeyFile&) = delete;
    KeyFile& operator=(const KeyFile&) = delete;

protected:
    KeyFile() {
        const auto descriptor = mkstemp(path_.data());
        EXPECT_GE(descriptor, 0);
        close(descriptor);
    }
    ~KeyFile() override { unlink(path_.c_str()); }

    void write(const std::string& content) const { std::ofstream(path_) << content; }

    std::string path_ = "/tmp/crane-key-XXXXXX";
};

TEST_F(KeyFile, HoldsTheKeyInHexadecimal) {
    const auto key = key_of("a");
    write(to_hex(as_view(key)) + "\n");
    EXPECT_EQ(read_key_file(path_), key);
}

TEST_F(KeyFile, IsRefusedWhenOthersMayReadIt) {
    write(to_hex(as_view(key_of("a"))) + "\n");
    for (const mode_t mode : {0640U, 0604U, 0660U}) {
        ASSERT_EQ(chmod(path_.c_str(), mode), 0);
        EXPECT_THROW(read_key_file(path_), std::runtime_error);
    }
}

TEST_F(KeyFile, IsRefusedWhenItHoldsNoKey) {
    const auto digits = to_hex(as_view(key_of("a")));
    for (const auto& content : {std::string(), std::string("\n"), digits.substr(2), digits + "00",
                                "x" + digits.substr(1), digits + " "}) {
        write(content);
        EXPECT_THROW(read_key_file(path_), std::runtime_error) << content;
    }
    EXPECT_THROW(read_key_file("/nonexistent"), std::runtime_error);
}

}  // namespace
}  // namespace crane
