#include "shared/base/web_address.h"

#include <gtest/gtest.h>

namespace crane {
namespace {

TEST(WebAddress, IsTakenApart) {
    struct Case {
        const char* text;
        bool is_encrypted;
        const char* host;
        bool is_host_an_address;
        int port;
    };
    const Case cases[] = {
        {"https://example.com", true, "example.com", false, 443},
        {"https://example.com/", true, "example.com", false, 443},
        {"HTTPS://Example.COM:8443/a/b?c=d&e=%20", true, "example.com", false, 8443},
        {"http://example.com?x", false, "example.com", false, 80},
        {"https://a-b.c_d.example:1", true, "a-b.c_d.example", false, 1},
        {"https://xn--bcher-kva.example/", true, "xn--bcher-kva.example", false, 443},
        {"https://203.0.113.7:65535/", true, "203.0.113.7", true, 65535},
        {"https://[2001:DB8::1]/", true, "2001:db8::1", true, 443},
        {"https://[::1]:8443/", true, "::1", true, 8443},
        {"http://localhost:8080/", false, "localhost", false, 8080},
    };
    for (const auto& [text, is_encrypted, host, is_host_an_address, port] : cases) {
        const auto address = parse_web_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->is_encrypted, is_encrypted) << text;
        EXPECT_EQ(address->host, host) << text;
        EXPECT_EQ(address->is_host_an_address, is_host_an_address) << text;
        EXPECT_EQ(address->port, port) << text;
    }
}

TEST(WebAddress, IsRefusedWhereReadersMightDisagree) {
    for (const char* text :
         {"", "example.com", "ftp://example.com", "file:///etc/passwd", "gopher://example.com",
          "https:example.com", "https:/example.com", "https://", "https:///x", "https://user@example.com",
          "https://example.com@127.0.0.1/", "https://user:password@example.com/", "https://example.com#x",
          "https://example.com\\@127.0.0.1/", "https://exam ple.com", "https://example.com/ä",
          "https://ex\xc3\xa4mple.com", "https://example.com/\n",
          "https://example.com:", "https://example.com:0", "https://example.com:65536",
          "https://example.com:+1", "https://example.com:80:80", "https://.example.com",
          "https://example..com", "https://-a.example", "https://a-.example", "https://example.com.",
          "https://[::1", "https://::1/", "https://[127.0.0.1]/", "https://[fe80::1%25lo]/",
          // Other spellings of 127.0.0.1.
          "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/",
          "https://0177.0.0.1/", "https://127.0.0.1.0/", "https://256.0.0.1/", "https://127.0.0.01/"}) {
        EXPECT_FALSE(parse_web_address(text)) << text;
    }
}

TEST(WebAddress, TellsThatItIsPrivate) {
    struct Case {
        const char* text;
        bool is_private;
    };
    const Case cases[] = {
        {"https://localhost/", true},        {"https://LOCALHOST/", true},
        {"https://x.localhost/", true},      {"https://printer.local/", true},
        {"https://db.internal/", true},      {"https://router.home.arpa/", true},
        {"https://127.0.0.1/", true},        {"https://10.1.2.3/", true},
        {"https://169.254.169.254/", true},  {"https://[::1]/", true},
        {"https://[::ffff:8.8.8.8]/", true}, {"https://example.com/", false},
        {"https://notlocalhost/", false},    {"https://localhost.example.com/", false},
        {"https://8.8.8.8/", false},         {"https://[2606:4700:4700::1111]/", false},
    };
    for (const auto& [text, is_private] : cases) {
        const auto address = parse_web_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(is_private_host(*address), is_private) << text;
    }
}

}  // namespace
}  // namespace crane
