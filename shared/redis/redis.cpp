// The only file that includes hiredis' headers.
#include "shared/redis/redis.h"

#include <hiredis/hiredis.h>

#include <atomic>
#include <unordered_map>

#include "shared/base/clock.h"
#include "shared/base/log.h"

namespace crane::redis {
namespace {

constexpr std::int64_t retry_milliseconds = 500;

// Said once when Redis goes and once when it is back, whatever the number of
// threads and requests.
std::atomic<bool> is_known_away{false};

// When this process last made a connection. Whoever makes one knows nothing of
// what Redis went through before, whether one had died or it is a thread's first.
std::atomic<std::int64_t> last_connect{-1'000'000};

void note_away(const std::string& reason) {
    if (!is_known_away.exchange(true)) {
        log(LogLevel::warning, "Redis is away; going on without it", {{"reason", reason}});
    }
}

void note_back() {
    if (is_known_away.exchange(false)) log(LogLevel::info, "Redis is back");
}

Answer convert(const redisReply& reply) {
    Answer answer;
    switch (reply.type) {
        case REDIS_REPLY_INTEGER:
            answer.kind = Answer::Kind::integer;
            answer.integer = reply.integer;
            break;
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
            answer.kind = Answer::Kind::text;
            answer.text.assign(reply.str, static_cast<std::size_t>(reply.len));
            break;
        case REDIS_REPLY_ERROR:
            answer.kind = Answer::Kind::error;
            answer.text.assign(reply.str, static_cast<std::size_t>(reply.len));
            break;
        case REDIS_REPLY_ARRAY:
            answer.kind = Answer::Kind::list;
            for (std::size_t i = 0; i < reply.elements; ++i)
                answer.list.push_back(convert(*reply.element[i]));
            break;
        default:
            break;
    }
    return answer;
}

// A single word list for hiredis.
struct Words {
    std::vector<const char*> starts;
    std::vector<std::size_t> lengths;

    void add(std::string_view word) {
        starts.push_back(word.data());
        lengths.push_back(word.size());
    }
};

}  // namespace

struct Client::State {
    std::string socket_path;
    int timeout_milliseconds = 0;
    redisContext* context = nullptr;
    std::int64_t last_failure = -retry_milliseconds;
    std::unordered_map<const Script*, std::string> digests;
    int unread = 0;  // answers of send() that still have to be read

    bool connect() {
        if (context != nullptr) return true;
        if (monotonic_milliseconds() - last_failure < retry_milliseconds) return false;
        const timeval timeout{timeout_milliseconds / 1000, (timeout_milliseconds % 1000) * 1000L};
        context = redisConnectUnixWithTimeout(socket_path.c_str(), timeout);
        if (context == nullptr || context->err != 0) {
            note_away(context != nullptr ? context->errstr : "no connection");
            return fail();
        }
        redisSetTimeout(context, timeout);
        last_connect = monotonic_milliseconds();
        note_back();
        return true;
    }

    bool fail() {
        // A kept connection that died says nothing about the server now: only a
        // connection that cannot be made does.
        if (context != nullptr) redisFree(context);
        context = nullptr;
        digests.clear();
        unread = 0;
        last_failure = monotonic_milliseconds();
        return false;
    }

    bool append(const Words& words) {
        return redisAppendCommandArgv(context, static_cast<int>(words.starts.size()),
                                      const_cast<const char**>(words.starts.data()),
                                      words.lengths.data()) == REDIS_OK;
    }

    std::optional<Answer> read() {
        void* raw = nullptr;
        if (redisGetReply(context, &raw) != REDIS_OK || raw == nullptr) {
            fail();
            return std::nullopt;
        }
        const std::unique_ptr<redisReply, void (*)(redisReply*)> reply(
            static_cast<redisReply*>(raw), [](redisReply* freed) { freeReplyObject(freed); });
        auto answer = convert(*reply);
        // The server is up but not ready: as good as away.
        if (answer.kind == Answer::Kind::error &&
            (answer.text.starts_with("LOADING") || answer.text.starts_with("READONLY") ||
             answer.text.starts_with("MISCONF") || answer.text.starts_with("OOM"))) {
            fail();
            return std::nullopt;
        }
        return answer;
    }

    // Empty when the server does not answer.
    std::string digest_of(const Script& script) {
        const auto found = digests.find(&script);
        if (found != digests.end()) return found->second;
        Words words;
        words.add("SCRIPT");
        words.add("LOAD");
        words.add(script.source);
        const auto answer = ask(words);
        if (!answer || answer->kind != Answer::Kind::text) return {};
        return digests[&script] = answer->text;
    }

    std::optional<Answer> ask(const Words& words) {
        if (!connect()) return std::nullopt;
        if (!append(words)) {
            fail();
            return std::nullopt;
        }
        while (unread > 0) {
            --unread;
            if (!read()) return std::nullopt;
        }
        return read();
    }
};

Client::Client(std::string socket_path, int timeout_milliseconds) : state_(std::make_unique<State>()) {
    state_->socket_path = std::move(socket_path);
    state_->timeout_milliseconds = timeout_milliseconds;
}

Client::~Client() {
    if (state_->context != nullptr) redisFree(state_->context);
}

std::optional<Answer> Client::command(std::initializer_list<std::string_view> list) {
    Words words;
    for (const auto word : list) words.add(word);
    const bool was_connected = is_connected();
    auto answer = state_->ask(words);
    if (answer || !was_connected) return answer;
    // A kept connection may have died with a server that is back already.
    state_->last_failure = -retry_milliseconds;
    return state_->ask(words);
}

std::optional<Answer> Client::run(const Script& script, std::initializer_list<std::string_view> keys,
                                  std::initializer_list<std::string_view> arguments) {
    const auto count = std::to_string(keys.size());
    const auto attempt = [&]() -> std::optional<Answer> {
        const auto digest = state_->digest_of(script);
        if (digest.empty()) return std::nullopt;
        Words words;
        words.add("EVALSHA");
        words.add(digest);
        words.add(count);
        for (const auto key : keys) words.add(key);
        for (const auto argument : arguments) words.add(argument);
        return state_->ask(words);
    };
    const bool was_connected = is_connected();
    auto answer = attempt();
    // A kept connection may have died with a server that is back already; a
    // server may have forgotten its scripts.
    const bool is_forgotten =
        answer && answer->kind == Answer::Kind::error && answer->text.starts_with("NOSCRIPT");
    if ((!answer && was_connected) || is_forgotten) {
        if (is_forgotten) state_->digests.clear();
        state_->last_failure = -retry_milliseconds;
        answer = attempt();
    }
    if (answer && answer->kind == Answer::Kind::error) {
        log(LogLevel::error, "a Redis script failed", {{"reason", answer->text}});
        return std::nullopt;
    }
    return answer;
}

void Client::send(std::initializer_list<std::string_view> list) {
    if (!state_->connect()) return;
    Words words;
    for (const auto word : list) words.add(word);
    int is_done = 0;
    bool is_sent = state_->append(words);
    while (is_sent && is_done == 0) is_sent = redisBufferWrite(state_->context, &is_done) == REDIS_OK;
    if (!is_sent) {
        state_->fail();
        return;
    }
    ++state_->unread;
}

int Client::descriptor() const {
    return state_->context == nullptr ? -1 : state_->context->fd;
}

bool Client::is_connected() const {
    return state_->context != nullptr;
}

std::vector<Answer> Client::read_all_pushed() {
    std::vector<Answer> messages;
    if (state_->context == nullptr) return messages;
    if (redisBufferRead(state_->context) != REDIS_OK) {
        state_->fail();
        return messages;
    }
    void* raw = nullptr;
    while (redisGetReplyFromReader(state_->context, &raw) == REDIS_OK && raw != nullptr) {
        const std::unique_ptr<redisReply, void (*)(redisReply*)> reply(
            static_cast<redisReply*>(raw), [](redisReply* freed) { freeReplyObject(freed); });
        messages.push_back(convert(*reply));
    }
    return messages;
}

bool is_away() {
    return is_known_away;
}

std::int64_t milliseconds_since_connect() {
    return monotonic_milliseconds() - last_connect;
}

Client& thread_client(const std::string& socket_path) {
    static thread_local Client client(socket_path);
    return client;
}

}  // namespace crane::redis
