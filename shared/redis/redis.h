// Redis behind one door (hiredis). Everything kept there can be lost: it holds
// counts, caches and doorbells, never the only copy of anything.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crane::redis {

// One of nil, integer, text or a list.
struct Answer {
    enum class Kind : std::uint8_t { nil, integer, text, list, error };
    Kind kind = Kind::nil;
    std::int64_t integer = 0;
    std::string text;
    std::vector<Answer> list;

    bool is_nil() const { return kind == Kind::nil; }
};

// A Lua script; sent in full once a connection, then by its digest. Lives as
// long as the program.
struct Script {
    std::string_view source;
};

// One connection; one thread at a time. Connects on first use and again after
// a failure, but not more often than every half second, so that requests do
// not wait for a server that is away. No call throws: nullopt means that the
// server did not answer.
class Client {
public:
    explicit Client(std::string socket_path, int timeout_milliseconds = 500);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    std::optional<Answer> command(std::initializer_list<std::string_view> list);
    std::optional<Answer> run(const Script& script, std::initializer_list<std::string_view> keys,
                              std::initializer_list<std::string_view> arguments);

    // Sends without waiting; the answer is read, and dropped, with the next call.
    void send(std::initializer_list<std::string_view> list);

    // For a subscriber: the socket, to poll (-1 while not connected), and, when
    // it is readable, every message that has come.
    int descriptor() const;
    std::vector<Answer> read_all_pushed();
    bool is_connected() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Whether the last look of any thread of this process failed.
bool is_away();
// Since a connection of this process was made: what is kept in Redis may be
// older than an outage that nobody here has seen.
std::int64_t milliseconds_since_connect();

// The calling thread's own connection.
Client& thread_client(const std::string& socket_path);

}  // namespace crane::redis
