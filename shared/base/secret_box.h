// Secrets that the programs must be able to use again, encrypted at rest
// (XSalsa20-Poly1305 and BLAKE2b by libsodium), and codes made with secrets.
// Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "shared/base/hash.h"

namespace crane {

// A nonce and the box, as bytes.
std::string seal(std::string_view plain, const Digest& key);
// nullopt if it was sealed under another key, or was changed since.
std::optional<std::string> unseal(std::string_view sealed, const Digest& key);

// The key for one purpose ("webhooks", and an id where each row has its own):
// what is sealed for one does not open for another.
Digest derive_key(const Digest& key, std::string_view purpose);

// The installation's key: 64 hexadecimal digits in a file that only its owner
// may read. Throws std::runtime_error with a sentence that names the file.
Digest read_key_file(const std::string& path);

// HMAC-SHA256 (RFC 2104); a key of any length.
Digest hmac_sha256(std::string_view key, std::string_view message);

// Takes as long wherever they differ, so that nobody finds a code by trying.
bool is_same_code(const Digest& code, const Digest& other);

}  // namespace crane
