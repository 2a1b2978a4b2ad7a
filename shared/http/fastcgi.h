// The FastCGI door: libfcgi behind one file.
//
// Every thread waits on one epoll set that holds the listening socket and all
// connections that nginx keeps open. A connection that is idle therefore holds
// no thread: a handful of threads serves any number of kept connections, and a
// stop is noticed at once by all.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "shared/http/message.h"

namespace crane::http {

// A request that has not been answered yet. answer() may be called later and
// from another thread, once; without it the connection is closed.
class Exchange {
public:
    class State;
    explicit Exchange(std::unique_ptr<State> state);
    Exchange(Exchange&&) noexcept;
    Exchange& operator=(Exchange&&) noexcept;
    ~Exchange();

    Request& request();
    void answer(const Reply& reply);

private:
    std::unique_ptr<State> state_;
};

constexpr std::size_t most_body_bytes = 16U << 20U;

class Server {
public:
    // `listener` is a listening socket (0 as a supervisor passes it).
    explicit Server(int listener);
    ~Server();

    // Runs `handle` on `threads` threads until stop(); every request that was
    // read is answered before this returns. `handle` must not throw.
    void run(int threads, const std::function<void(Exchange)>& handle);
    // Async-signal-safe; may be called from any thread.
    void stop();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace crane::http
