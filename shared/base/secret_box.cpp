#include "shared/base/secret_box.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "shared/base/random.h"

namespace crane {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

struct OpenFile {
    explicit OpenFile(const std::string& path) : descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~OpenFile() {
        if (descriptor >= 0) close(descriptor);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int descriptor;
};

}  // namespace

std::string seal(std::string_view plain, const Digest& key) {
    static_assert(std::tuple_size_v<Digest> == crypto_secretbox_KEYBYTES);
    std::array<std::uint8_t, crypto_secretbox_NONCEBYTES> nonce{};
    fill_random(nonce);
    std::string sealed(nonce.size() + crypto_secretbox_MACBYTES + plain.size(), '\0');
    std::memcpy(sealed.data(), nonce.data(), nonce.size());
    crypto_secretbox_easy(bytes_of(sealed) + nonce.size(), bytes_of(plain), plain.size(), nonce.data(),
                          key.data());
    return sealed;
}

std::optional<std::string> unseal(std::string_view sealed, const Digest& key) {
    ready_sodium();
    if (sealed.size() < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES) return std::nullopt;
    const auto box = sealed.substr(crypto_secretbox_NONCEBYTES);
    std::string plain(box.size() - crypto_secretbox_MACBYTES, '\0');
    if (crypto_secretbox_open_easy(bytes_of(plain), bytes_of(box), box.size(), bytes_of(sealed),
                                   key.data()) != 0) {
        return std::nullopt;
    }
    return plain;
}

Digest derive_key(const Digest& key, std::string_view purpose) {
    ready_sodium();
    Digest derived{};
    crypto_generichash(derived.data(), derived.size(), bytes_of(purpose), purpose.size(), key.data(),
                       key.size());
    return derived;
}

Digest read_key_file(const std::string& path) {
    ready_sodium();
    const OpenFile file(path);
    struct stat found {};
    if (file.descriptor < 0 || fstat(file.descriptor, &found) != 0) {
        throw std::runtime_error("The key file " + path + " cannot be read: " + std::strerror(errno) + ".");
    }
    if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        throw std::runtime_error("The key file " + path +
                                 " is open to others than its owner; make it chmod 600.");
    }
    std::array<char, 128> content{};
    const auto length = read(file.descriptor, content.data(), content.size());
    std::string_view digits(content.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
    while (digits.ends_with('\n')) digits.remove_suffix(1);
    Digest key{};
    std::size_t key_length = 0;
    const bool is_key = sodium_hex2bin(key.data(), key.size(), digits.data(), digits.size(), nullptr,
                                       &key_length, nullptr) == 0 &&
                        key_length == key.size();
    sodium_memzero(content.data(), content.size());
    if (!is_key) throw std::runtime_error("The key file " + path + " does not hold 64 hexadecimal digits.");
    return key;
}

Digest hmac_sha256(std::string_view key, std::string_view message) {
    static_assert(std::tuple_size_v<Digest> == crypto_auth_hmacsha256_BYTES);
    ready_sodium();
    Digest code{};
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(message), message.size());
    crypto_auth_hmacsha256_final(&state, code.data());
    return code;
}

bool is_same_code(const Digest& code, const Digest& other) {
    return sodium_memcmp(code.data(), other.data(), code.size()) == 0;
}

}  // namespace crane
