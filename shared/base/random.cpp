#include "shared/base/random.h"

#include <sodium.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace crane {

void ready_sodium() {
    // A static is initialized once however many threads arrive at it.
    static const bool ready = sodium_init() >= 0;
    if (!ready) throw std::runtime_error("libsodium does not start: the machine offers no randomness.");
}

void fill_random(std::span<std::uint8_t> bytes) {
    ready_sodium();
    if (bytes.empty()) return;  // an empty span may be null, which libsodium forbids
    randombytes_buf(bytes.data(), bytes.size());
}

std::string random_base62(std::size_t length) {
    constexpr std::string_view characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    // 248 is the greatest multiple of 62 in a byte: what lies beyond it is
    // thrown away, or the first characters would be likelier.
    constexpr std::uint8_t fair_limit = 248;
    std::string text;
    text.reserve(length);
    std::array<std::uint8_t, 64> bytes{};
    while (text.size() < length) {
        fill_random(bytes);
        for (const std::uint8_t byte : bytes) {
            if (byte < fair_limit && text.size() < length) text += characters[byte % 62];
        }
    }
    sodium_memzero(bytes.data(), bytes.size());  // the text is often a secret
    return text;
}

std::uint32_t random_below(std::uint32_t bound) {
    ready_sodium();
    return randombytes_uniform(bound);
}

}  // namespace crane
