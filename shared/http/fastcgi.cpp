// The only file that includes libfcgi's headers.
#include "shared/http/fastcgi.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unordered_set>
#include <vector>

#include "shared/base/log.h"

namespace crane::http {

// One connection from nginx: libfcgi's request structure is used for one
// request after the other on it.
struct Connection {
    FCGX_Request fcgi{};

    // Whoever is done with it lets go before the epoll set knows it again, and
    // whoever the set gives it to takes it first: all that one thread wrote is
    // there for the next. The kernel orders the two as well, but neither the
    // language nor a sanitizer knows of that.
    void let_go() { turns.fetch_add(1, std::memory_order_release); }
    void take() { turns.load(std::memory_order_acquire); }

private:
    std::atomic<unsigned> turns{0};
};

// What the threads share.
struct Loop {
    int epoll = -1;
    int listener = -1;
    int stopper = -1;
    std::atomic<bool> is_stopping{false};
    std::mutex mutex;
    std::unordered_set<Connection*> connections;

    void watch(int descriptor, void* who, std::uint32_t events, int action) const {
        epoll_event event{};
        event.events = events;
        event.data.ptr = who;
        if (epoll_ctl(epoll, action, descriptor, &event) != 0) {
            throw std::runtime_error(std::string("epoll_ctl: ") + std::strerror(errno));
        }
    }

    void close(Connection* connection) {
        {
            const std::lock_guard lock(mutex);
            connections.erase(connection);
        }
        if (connection->fcgi.ipcFd >= 0) {
            connection->fcgi.keepConnection = 0;
            FCGX_Free(&connection->fcgi, 1);
        }
        delete connection;
    }

    // Ends the request; the connection goes back to the set, or away.
    void finish(Connection* connection) {
        FCGX_Finish_r(&connection->fcgi);
        if (connection->fcgi.ipcFd < 0 || is_stopping) return close(connection);
        connection->let_go();
        watch(connection->fcgi.ipcFd, connection, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, EPOLL_CTL_MOD);
    }

    void accept_one() {
        const int descriptor = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0) return;  // another thread was faster, or the peer left
        auto* connection = new Connection;
        // No listening socket for libfcgi: it would block in accept() by
        // itself when a kept connection turns out to be closed.
        FCGX_InitRequest(&connection->fcgi, -1, 0);
        connection->fcgi.ipcFd = descriptor;
        {
            const std::lock_guard lock(mutex);
            connections.insert(connection);
        }
        connection->let_go();
        watch(descriptor, connection, EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, EPOLL_CTL_ADD);
    }

    // True when a request was read.
    static bool read_request(Connection* connection) {
        // libfcgi closes a connection at the next accept unless it is told to
        // keep it; what the web server wants is read with the request.
        connection->fcgi.keepConnection = 1;
        return FCGX_Accept_r(&connection->fcgi) == 0;
    }
};

namespace {

std::string parameter(const FCGX_Request& fcgi, const char* name) {
    const char* value = FCGX_GetParam(name, fcgi.envp);
    return value == nullptr ? std::string() : std::string(value);
}

void read_body(const FCGX_Request& fcgi, Request& request) {
    const auto length_text = parameter(fcgi, "CONTENT_LENGTH");
    std::size_t length = 0;
    std::from_chars(length_text.data(), length_text.data() + length_text.size(), length);
    if (length > most_body_bytes) {
        request.has_body_too_large = true;
        length = 0;
    }
    request.body.resize(length);
    std::size_t filled = 0;
    while (filled < length) {
        const int got = FCGX_GetStr(request.body.data() + filled, static_cast<int>(length - filled), fcgi.in);
        if (got <= 0) break;
        filled += static_cast<std::size_t>(got);
    }
    request.body.resize(filled);
    // To the end of the stream: its closing record, left unread, would pass for
    // the next request's first one on a kept connection.
    char rest[4096];
    while (FCGX_GetStr(rest, sizeof(rest), fcgi.in) > 0) {
    }
}

Request read(const FCGX_Request& fcgi) {
    Request request;
    request.method = parameter(fcgi, "REQUEST_METHOD");
    request.path = parameter(fcgi, "DOCUMENT_URI");
    request.query_string = parameter(fcgi, "QUERY_STRING");
    request.content_type = parameter(fcgi, "CONTENT_TYPE");
    request.remote_address = parameter(fcgi, "REMOTE_ADDR");
    request.request_id = parameter(fcgi, "CRANE_REQUEST_ID");
    request.authorization = parameter(fcgi, "HTTP_AUTHORIZATION");
    request.idempotency_key = parameter(fcgi, "HTTP_IDEMPOTENCY_KEY");
    request.prefer = parameter(fcgi, "HTTP_PREFER");
    request.if_match = parameter(fcgi, "HTTP_IF_MATCH");
    request.if_none_match = parameter(fcgi, "HTTP_IF_NONE_MATCH");
    request.user_agent = parameter(fcgi, "HTTP_USER_AGENT");
    read_body(fcgi, request);
    return request;
}

void write(const FCGX_Request& fcgi, const Reply& reply) {
    std::string head = "Status: " + std::to_string(reply.status) + "\r\n";
    if (!reply.body.empty()) head += "Content-Type: " + reply.content_type + "\r\n";
    for (const auto& [name, value] : reply.headers)
        head.append(name).append(": ").append(value).append("\r\n");
    head += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
    FCGX_PutStr(head.data(), static_cast<int>(head.size()), fcgi.out);
    FCGX_PutStr(reply.body.data(), static_cast<int>(reply.body.size()), fcgi.out);
}

}  // namespace

class Exchange::State {
public:
    State(Loop& its_loop, Connection* its_connection)
        : loop(&its_loop), connection(its_connection), request(read(its_connection->fcgi)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (connection != nullptr) loop->close(connection);
    }

    Loop* loop;
    Connection* connection;
    Request request;
};

Exchange::Exchange(std::unique_ptr<State> state) : state_(std::move(state)) {}
Exchange::Exchange(Exchange&&) noexcept = default;
Exchange& Exchange::operator=(Exchange&&) noexcept = default;
Exchange::~Exchange() = default;

Request& Exchange::request() {
    return state_->request;
}

void Exchange::answer(const Reply& reply) {
    auto* const connection = std::exchange(state_->connection, nullptr);
    write(connection->fcgi, reply);
    state_->loop->finish(connection);
}

struct Server::State {
    Loop loop;
};

Server::Server(int listener) : state_(std::make_unique<State>()) {
    FCGX_Init();
    auto& loop = state_->loop;
    loop.listener = listener;
    // Several threads may be woken for one connection; only one gets it.
    fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    loop.stopper = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop.watch(listener, &loop.listener, EPOLLIN | EPOLLEXCLUSIVE, EPOLL_CTL_ADD);
    loop.watch(loop.stopper, &loop.stopper, EPOLLIN, EPOLL_CTL_ADD);
}

Server::~Server() {
    ::close(state_->loop.epoll);
    ::close(state_->loop.stopper);
}

void Server::stop() {
    state_->loop.is_stopping = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(state_->loop.stopper, &one, sizeof(one));
}

void Server::run(int threads, const std::function<void(Exchange)>& handle) {
    auto& loop = state_->loop;
    const auto serve = [&loop, &handle] {
        while (!loop.is_stopping) {
            epoll_event event{};
            const int count = epoll_wait(loop.epoll, &event, 1, -1);
            if (count < 1) continue;  // a signal
            if (event.data.ptr == &loop.stopper) return;
            if (event.data.ptr == &loop.listener) {
                loop.accept_one();
                continue;
            }
            auto* const connection = static_cast<Connection*>(event.data.ptr);
            connection->take();
            if ((event.events & EPOLLIN) != 0 && Loop::read_request(connection)) {
                handle(Exchange(std::make_unique<Exchange::State>(loop, connection)));
            } else {
                loop.close(connection);
            }
        }
    };
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i) others.emplace_back(serve);
    serve();
    for (auto& thread : others) thread.join();
    const auto remaining = loop.connections;  // idle ones: nginx opens new ones
    for (auto* connection : remaining) loop.close(connection);
}

}  // namespace crane::http
