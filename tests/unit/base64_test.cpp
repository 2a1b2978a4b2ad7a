// Base64, by the vectors of RFC 4648 section 10 and what is none.
#include "shared/base/base64.h"

#include <gtest/gtest.h>

namespace crane {
namespace {

TEST(Base64, TheVectorsOfTheStandard) {
    const std::pair<const char*, const char*> rows[] = {
        {"", ""},
        {"Zg==", "f"},
        {"Zm8=", "fo"},
        {"Zm9v", "foo"},
        {"Zm9vYg==", "foob"},
        {"Zm9vYmE=", "fooba"},
        {"Zm9vYmFy", "foobar"},
    };
    for (const auto& [text, bytes] : rows) EXPECT_EQ(decode_base64(text), bytes) << text;
    EXPECT_EQ(decode_base64("AP/+"), std::string("\0\xff\xfe", 3));
}

TEST(Base64, WhatIsNone) {
    for (const char* text :
         {"Zg", "Zg=", "Zg===", "Z", "Zm9v\n", " Zm9v", "Zm 9v", "Zm-_", "Zh==", "====", "Zg==Zg==", "é"}) {
        EXPECT_EQ(decode_base64(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace crane
