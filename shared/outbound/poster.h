// The door to other people's web servers: libcurl behind one file.
//
// Many messages are on their way at once, driven by one thread that never waits
// for a single one. Redirects are not followed, nothing of an answer but its
// status is kept, and no proxy of the environment is used.
//
// A target is looked at when its connection is opened, by the address that is
// really connected to: a name that is resolved to a private one, at first or
// later, leads nowhere. A connection that was allowed to be private is never
// used for another message.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace crane::outbound {

// What may be called: https on public addresses, or any address, http too.
enum class Targets : std::uint8_t { of_the_public, any };

struct Message {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    Targets targets = Targets::of_the_public;
};

struct Limits {
    std::int64_t connect_milliseconds = 5'000;
    std::int64_t total_milliseconds = 15'000;
    std::size_t most_answer_bytes = 65'536;
};

// How a message ended. A status without an error is an answer, whatever it says.
struct Outcome {
    std::uint64_t tag = 0;
    int status = 0;     // 0: no answer
    std::string error;  // a few words; empty when there was an answer
};

// One thread.
class Poster {
public:
    explicit Poster(Limits limits = {});
    ~Poster();
    Poster(const Poster&) = delete;
    Poster& operator=(const Poster&) = delete;

    // Sends by POST. `tag` comes back with the outcome.
    void send(std::uint64_t tag, Message message);

    // Drives what is under way until something has ended, `descriptor` (-1:
    // none) is readable, or the time is over. Returns what has ended.
    std::vector<Outcome> wait(int milliseconds, int descriptor);

    std::size_t under_way() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace crane::outbound
