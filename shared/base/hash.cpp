#include "shared/base/hash.h"

#include <sodium.h>

#include <algorithm>

#include "shared/base/random.h"

namespace crane {

namespace {

const unsigned char* data_of(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Digest sha256(std::string_view bytes) {
    static_assert(crypto_hash_sha256_BYTES == std::tuple_size_v<Digest>);
    ready_sodium();
    Digest digest{};
    crypto_hash_sha256(digest.data(), data_of(bytes), bytes.size());
    return digest;
}

std::string short_digest_hex(std::string_view bytes) {
    ready_sodium();
    std::array<char, 16> digest{};
    crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(), data_of(bytes),
                       bytes.size(), nullptr, 0);
    return to_hex({digest.data(), digest.size()});
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

std::optional<std::string> from_hex(std::string_view text) {
    std::string bytes(text.size() / 2, '\0');
    std::size_t length = 0;
    if (sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(),
                       nullptr, &length, nullptr) != 0) {
        return std::nullopt;
    }
    bytes.resize(length);
    return bytes;
}

std::string_view as_view(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string encode_base62(std::uint64_t value, std::size_t width) {
    constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string text;
    for (; value != 0 || text.size() < width; value /= 62) text += digits[value % 62];
    std::reverse(text.begin(), text.end());
    return text;
}

}  // namespace crane
