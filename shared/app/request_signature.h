// Crane-Signature: what a client sends to prove that it holds a key's signing
// secret, and that the request is as it left it. Pure: no I/O, no clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/base/date.h"
#include "shared/base/hash.h"

namespace crane::app {

// The header "t=<unix seconds>,n=<nonce>,v1=<64 hexadecimal digits>".
struct RequestSignature {
    std::int64_t unix_seconds = 0;
    std::string nonce;  // 8 to 64 characters of [0-9A-Za-z_-]
    Digest code{};
};

// How far a signature's time may be from the server's, either way.
constexpr std::int64_t signature_tolerance_seconds = 300;

// What is signed of a request, as it was sent.
struct SignedContent {
    std::string_view method;  // "POST"
    std::string_view target;  // the path and, where there is one, "?" and the query; nothing decoded
    std::string_view body;    // its bytes
};

// Each part once, in any order, blanks around commas. Throws
// Error{invalid_signature} with a sentence that says what is wrong.
RequestSignature parse_signature(std::string_view header);

// The text that is signed: time, nonce, method, target and the body's SHA-256 in
// hexadecimal digits, one to a line, without a line break at the end.
std::string signed_text(const RequestSignature& signature, const SignedContent& content);

// Throws Error{invalid_signature} unless it was made with the secret, about now.
void refuse_wrong_signature(const RequestSignature& signature, const SignedContent& content,
                            std::string_view signing_secret, Timestamp at);

}  // namespace crane::app
