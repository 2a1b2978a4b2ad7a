#include "shared/app/request_signature.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "shared/base/error.h"
#include "shared/base/secret_box.h"
#include "shared/base/text.h"

namespace crane::app {
namespace {

constexpr std::size_t most_time_digits = 12;
constexpr std::size_t least_nonce = 8;
constexpr std::size_t most_nonce = 64;

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorCode::invalid_signature, message);
}

std::int64_t read_time(std::string_view text) {
    const bool is_number = !text.empty() && text.size() <= most_time_digits &&
                           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) refuse("Crane-Signature: t must be the time in whole Unix seconds.");
    std::int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds;
}

std::string read_nonce(std::string_view text) {
    if (text.size() < least_nonce || text.size() > most_nonce || !is_token(text))
        refuse("Crane-Signature: n must be 8 to 64 characters of A-Z, a-z, 0-9, _ and -.");
    return std::string(text);
}

Digest read_code(std::string_view text) {
    const auto bytes = from_hex(text);
    Digest code{};
    if (!bytes || text.size() != 2 * code.size())
        refuse("Crane-Signature: v1 must be 64 hexadecimal digits.");
    std::ranges::copy(*bytes, code.begin());
    return code;
}

// What may stand in the header, each once.
struct Parts {
    std::optional<std::string_view> time;
    std::optional<std::string_view> nonce;
    std::optional<std::string_view> code;

    std::optional<std::string_view>* find(std::string_view name) {
        if (name == "t") return &time;
        if (name == "n") return &nonce;
        return name == "v1" ? &code : nullptr;
    }
};

}  // namespace

RequestSignature parse_signature(std::string_view header) {
    Parts parts;
    for (const auto piece : split(header, ',')) {
        const auto part = trim(piece);
        const auto equals = part.find('=');
        auto* const known = parts.find(part.substr(0, equals));
        if (equals == std::string_view::npos || known == nullptr || known->has_value())
            refuse(
                "The Crane-Signature header must be \"t=<Unix seconds>,n=<nonce>,v1=<hexadecimal digits>\".");
        *known = part.substr(equals + 1);
    }
    if (!parts.time || !parts.nonce || !parts.code)
        refuse("The Crane-Signature header needs all of t, n and v1.");
    return {read_time(*parts.time), read_nonce(*parts.nonce), read_code(*parts.code)};
}

std::string signed_text(const RequestSignature& signature, const SignedContent& content) {
    const auto digest = sha256(content.body);
    std::string text = std::to_string(signature.unix_seconds);
    for (const std::string_view line : {std::string_view(signature.nonce), content.method, content.target}) {
        text += '\n';
        text += line;
    }
    return text + '\n' + to_hex(as_view(digest));
}

void refuse_wrong_signature(const RequestSignature& signature, const SignedContent& content,
                            std::string_view signing_secret, Timestamp at) {
    const auto now_seconds = at.microseconds / 1'000'000;
    const auto difference = now_seconds - signature.unix_seconds;
    if (difference > signature_tolerance_seconds || difference < -signature_tolerance_seconds) {
        refuse("The signature's time is " + std::to_string(difference < 0 ? -difference : difference) +
               " seconds " + (difference < 0 ? "ahead of" : "behind") + " the server's, " +
               std::to_string(now_seconds) + "; at most " + std::to_string(signature_tolerance_seconds) +
               " are allowed.");
    }
    if (is_same_code(hmac_sha256(signing_secret, signed_text(signature, content)), signature.code)) return;
    refuse(
        "The signature does not fit this request: it is made with the key's signing secret over the time, "
        "the "
        "nonce, the method, the path with its query as sent, and the SHA-256 of the body.");
}

}  // namespace crane::app
