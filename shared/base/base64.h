// Base64 (RFC 4648 section 4) by libsodium. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crane {

// With its padding.
std::string encode_base64(std::string_view bytes);

// The bytes; nullopt unless `text` is base64 with its padding and nothing else.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace crane
