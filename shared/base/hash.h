// Digests by libsodium. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crane {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256 (FIPS 180-4).
Digest sha256(std::string_view bytes);

// BLAKE2b with a digest of 16 bytes (RFC 7693), as 32 hexadecimal digits: entity
// tags.
std::string short_digest_hex(std::string_view bytes);

std::string to_hex(std::string_view bytes);
// nullopt unless pairs of hexadecimal digits.
std::optional<std::string> from_hex(std::string_view text);
std::string_view as_view(const Digest& digest);

// `value` in base 62 ([0-9A-Za-z], most significant first), padded with 0 to at
// least `width`.
std::string encode_base62(std::uint64_t value, std::size_t width);

}  // namespace crane
