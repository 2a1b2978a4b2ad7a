// One kept connection of the load generator: HTTP/1.1 over TLS, one request at
// a time. Opening blocks; everything after does not.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace crane::bench {

// Where to connect, and the certificate authority that the server must show.
// Throws std::runtime_error.
class Destination {
public:
    Destination(std::string host, int port, const std::string& authority_file);

    int connect() const;  // a socket that blocks
    SSL_CTX* tls() const { return tls_.get(); }
    const std::string& host() const { return host_; }

private:
    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    std::string host_;
    std::string port_;
    std::unique_ptr<SSL_CTX, Free> tls_;
};

class Connection {
public:
    enum class Progress { wants_read, wants_write, answered, broken };

    explicit Connection(const Destination& destination) : destination_(&destination) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { close(); }

    // Connects, shakes hands, and goes over to not blocking.
    void open();
    void close();
    int descriptor() const { return descriptor_; }

    // What is to be sent next; kept as it is until the answer has come.
    std::string request;
    // Begins to send `request`.
    Progress send();
    // Goes on when the socket is ready.
    Progress go_on();

    // Of the answer.
    int status() const { return status_; }
    bool is_closing() const { return is_closing_; }
    const std::string& beginning() const { return head_; }  // header and some of the body

private:
    Progress write_on();
    Progress read_on();
    Progress wanted(int result) const;
    // False when what has come is not HTTP/1.1 with a length.
    bool take(std::string_view bytes);
    bool read_head();

    struct Free {
        void operator()(SSL* tls) const { SSL_free(tls); }
    };
    const Destination* destination_;
    int descriptor_ = -1;
    std::unique_ptr<SSL, Free> tls_;
    std::size_t sent_ = 0;
    std::string head_;
    bool has_head_ = false;
    std::size_t missing_ = 0;  // bytes of the body that have not come yet
    int status_ = 0;
    bool is_closing_ = false;
};

}  // namespace crane::bench
