#include "tests/bench/load_connection.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace crane::bench {
namespace {

constexpr timeval most_blocking{10, 0};
constexpr std::size_t most_shown = 2000;

struct FreeAddresses {
    void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};

// The value of a header; header names have no case.
std::string_view header_value(std::string_view head, std::string_view name) {
    for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
        const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
        if (line.size() <= name.size() || line[name.size()] != ':') continue;
        if (strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
        auto value = line.substr(name.size() + 1);
        while (value.starts_with(' ')) value.remove_prefix(1);
        return value;
    }
    return {};
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end != text.data();
}

}  // namespace

Destination::Destination(std::string host, int port, const std::string& authority_file)
    : host_(std::move(host)), port_(std::to_string(port)), tls_(SSL_CTX_new(TLS_client_method())) {
    if (SSL_CTX_load_verify_locations(tls_.get(), authority_file.c_str(), nullptr) != 1) {
        throw std::runtime_error("There are no certificates in " + authority_file + ".");
    }
    SSL_CTX_set_verify(tls_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(tls_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(tls_.get(), 1);  // one system call for a record, not two
}

int Destination::connect() const {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host_.c_str(), port_.c_str(), &hints, &found) != 0) {
        throw std::runtime_error("There is no host " + host_ + ".");
    }
    const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
    for (const auto* address = addresses.get(); address != nullptr; address = address->ai_next) {
        const int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0) continue;
        const int yes = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &most_blocking, sizeof(most_blocking));
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &most_blocking, sizeof(most_blocking));
        if (::connect(descriptor, address->ai_addr, address->ai_addrlen) == 0) return descriptor;
        ::close(descriptor);
    }
    throw std::runtime_error("Nothing answers at " + host_ + ":" + port_ + ": " + std::strerror(errno) + ".");
}

void Connection::open() {
    close();
    descriptor_ = destination_->connect();
    tls_.reset(SSL_new(destination_->tls()));
    SSL_set_fd(tls_.get(), descriptor_);
    SSL_set_tlsext_host_name(tls_.get(), destination_->host().c_str());
    SSL_set1_host(tls_.get(), destination_->host().c_str());
    if (SSL_connect(tls_.get()) != 1) throw std::runtime_error("The server and I could not agree on TLS.");
    fcntl(descriptor_, F_SETFL, fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
}

void Connection::close() {
    tls_.reset();
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

Connection::Progress Connection::send() {
    sent_ = 0;
    head_.clear();
    has_head_ = false;
    missing_ = 0;
    return write_on();
}

Connection::Progress Connection::go_on() {
    return sent_ < request.size() ? write_on() : read_on();
}

Connection::Progress Connection::wanted(int result) const {
    switch (SSL_get_error(tls_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Progress::wants_read;
        case SSL_ERROR_WANT_WRITE:
            return Progress::wants_write;
        default:
            ERR_clear_error();
            return Progress::broken;  // or the next call would see the old error
    }
}

Connection::Progress Connection::write_on() {
    while (sent_ < request.size()) {
        std::size_t written = 0;
        const int result = SSL_write_ex(tls_.get(), request.data() + sent_, request.size() - sent_, &written);
        if (result != 1) return wanted(result);
        sent_ += written;
    }
    return Progress::wants_read;  // not before a reply can have come
}

Connection::Progress Connection::read_on() {
    std::array<char, 16384> buffer;
    for (;;) {
        std::size_t got = 0;
        const int result = SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &got);
        if (result != 1) return wanted(result);
        if (!take({buffer.data(), got})) return Progress::broken;
        if (has_head_ && missing_ == 0) return Progress::answered;
    }
}

bool Connection::take(std::string_view bytes) {
    if (has_head_) {
        if (bytes.size() > missing_) return false;
        missing_ -= bytes.size();
        if (head_.size() < most_shown) head_ += bytes;
        return true;
    }
    head_ += bytes;
    return head_.find("\r\n\r\n") == std::string::npos || read_head();
}

bool Connection::read_head() {
    constexpr std::string_view version = "HTTP/1.1 ";
    const auto end = head_.find("\r\n\r\n") + 4;
    const auto head = std::string_view(head_).substr(0, end);
    if (!head.starts_with(version) || !read_number(head.substr(version.size()), status_)) return false;
    is_closing_ = header_value(head, "Connection") == "close";
    std::size_t length = 0;
    const bool has_body = status_ != 204 && status_ != 304;
    if (has_body && !read_number(header_value(head, "Content-Length"), length)) return false;
    const auto come = head_.size() - end;
    if (come > length) return false;
    missing_ = length - come;
    has_head_ = true;
    return true;
}

}  // namespace crane::bench
