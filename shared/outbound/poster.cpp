// The only file that includes libcurl's headers.
#include "shared/outbound/poster.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <unordered_map>

#include "shared/base/public_address.h"

namespace crane::outbound {
namespace {

constexpr long kept_connections = 32;

void start_curl() {
    static const bool is_started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    if (!is_started) throw std::runtime_error("libcurl does not start.");
}

struct DeleteEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct DeleteList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

bool is_public(const curl_sockaddr& target) {
    if (target.family == AF_INET && target.addrlen >= sizeof(sockaddr_in)) {
        sockaddr_in address{};
        std::memcpy(&address, &target.addr, sizeof(address));
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
        return is_public_ipv4(bytes);
    }
    if (target.family == AF_INET6 && target.addrlen >= sizeof(sockaddr_in6)) {
        sockaddr_in6 address{};
        // libcurl keeps room behind `addr` for the longer kinds of address.
        std::memcpy(&address, static_cast<const void*>(&target.addr), sizeof(address));
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
        return is_public_ipv6(bytes);
    }
    return false;
}

// One message on its way.
struct Flight {
    std::uint64_t tag = 0;
    Message message;
    std::unique_ptr<CURL, DeleteEasy> easy;
    std::unique_ptr<curl_slist, DeleteList> headers;
    std::size_t answer_bytes = 0;
    std::size_t most_answer_bytes = 0;
    bool is_target_refused = false;

    void add_header(const std::string& line) {
        auto* const list = curl_slist_append(headers.get(), line.c_str());
        if (list == nullptr) throw std::bad_alloc();
        static_cast<void>(headers.release());
        headers.reset(list);
    }
};

// libcurl asks for a socket when it knows the address: the last moment to say no.
curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* target) {
    auto& flight = *static_cast<Flight*>(context);
    if (flight.message.targets == Targets::of_the_public && !is_public(*target)) {
        flight.is_target_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

// Drops what is answered; too much of it ends the connection.
std::size_t drop_answer(char*, std::size_t size, std::size_t count, void* context) {
    auto& flight = *static_cast<Flight*>(context);
    flight.answer_bytes += size * count;
    return flight.answer_bytes > flight.most_answer_bytes ? 0 : size * count;
}

std::string words_for(CURLcode code, const Flight& flight) {
    if (flight.is_target_refused) return "the target is a private, loopback or otherwise not public address";
    return curl_easy_strerror(code);
}

}  // namespace

struct Poster::State {
    Limits limits;
    CURLM* multi = nullptr;
    std::unordered_map<CURL*, std::unique_ptr<Flight>> flights;

    template <typename Content>
    static void set(const Flight& flight, CURLoption option, Content content) {
        const auto code = curl_easy_setopt(flight.easy.get(), option, content);
        if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
    }

    void prepare(Flight& flight) const {
        const bool is_any = flight.message.targets == Targets::any;
        set(flight, CURLOPT_URL, flight.message.url.c_str());
        set(flight, CURLOPT_PROTOCOLS_STR, is_any ? "https,http" : "https");
        set(flight, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
        set(flight, CURLOPT_OPENSOCKETDATA, &flight);
        // What was opened under the wider rule is not for those under the narrow one.
        set(flight, CURLOPT_FRESH_CONNECT, is_any ? 1L : 0L);
        set(flight, CURLOPT_FORBID_REUSE, is_any ? 1L : 0L);
        set(flight, CURLOPT_PROXY, "");
        set(flight, CURLOPT_FOLLOWLOCATION, 0L);
        set(flight, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(flight, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        set(flight, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_milliseconds));
        set(flight, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total_milliseconds));
        set(flight, CURLOPT_NOSIGNAL, 1L);
        set(flight, CURLOPT_WRITEFUNCTION, &drop_answer);
        set(flight, CURLOPT_WRITEDATA, &flight);
        set(flight, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(flight.message.body.size()));
        set(flight, CURLOPT_POSTFIELDS, flight.message.body.data());
        set(flight, CURLOPT_HTTPHEADER, flight.headers.get());
    }

    Outcome ended(Flight& flight, CURLcode code) const {
        Outcome outcome{flight.tag};
        long status = 0;
        curl_easy_getinfo(flight.easy.get(), CURLINFO_RESPONSE_CODE, &status);
        outcome.status = static_cast<int>(status);
        // An answer that is too long, or breaks off, has told its status.
        const bool is_answered = status >= 200 && (code == CURLE_OK || code == CURLE_WRITE_ERROR);
        if (is_answered) return outcome;
        outcome.error = words_for(code, flight);
        if (code == CURLE_OPERATION_TIMEDOUT)
            outcome.error =
                "there was no answer within " + std::to_string(limits.total_milliseconds / 1000) + " s";
        return outcome;
    }
};

Poster::Poster(Limits limits) : state_(std::make_unique<State>()) {
    start_curl();
    state_->limits = limits;
    state_->multi = curl_multi_init();
    if (state_->multi == nullptr) throw std::runtime_error("libcurl does not start.");
    curl_multi_setopt(state_->multi, CURLMOPT_MAXCONNECTS, kept_connections);
}

Poster::~Poster() {
    for (const auto& [easy, flight] : state_->flights) curl_multi_remove_handle(state_->multi, easy);
    state_->flights.clear();
    curl_multi_cleanup(state_->multi);
}

void Poster::send(std::uint64_t tag, Message message) {
    auto flight = std::make_unique<Flight>();
    flight->tag = tag;
    flight->message = std::move(message);
    flight->most_answer_bytes = state_->limits.most_answer_bytes;
    flight->easy.reset(curl_easy_init());
    if (!flight->easy) throw std::runtime_error("libcurl gives no handle.");
    flight->add_header("Expect:");  // no asking before a long body
    for (const auto& [name, value] : flight->message.headers) {
        auto header = name;
        header.append(": ").append(value);
        flight->add_header(header);
    }
    state_->prepare(*flight);
    auto* const easy = flight->easy.get();
    if (curl_multi_add_handle(state_->multi, easy) != CURLM_OK)
        throw std::runtime_error("libcurl takes no message.");
    state_->flights.emplace(easy, std::move(flight));
}

std::vector<Outcome> Poster::wait(int milliseconds, int descriptor) {
    int running = 0;
    std::vector<Outcome> outcomes;
    curl_multi_perform(state_->multi, &running);
    if (static_cast<std::size_t>(running) == state_->flights.size()) {
        curl_waitfd waited{descriptor, CURL_WAIT_POLLIN, 0};
        curl_multi_poll(state_->multi, &waited, descriptor < 0 ? 0 : 1, milliseconds, nullptr);
        curl_multi_perform(state_->multi, &running);
    }
    int left = 0;
    while (const auto* message = curl_multi_info_read(state_->multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const auto code = message->data.result;
        const auto found = state_->flights.find(message->easy_handle);
        curl_multi_remove_handle(state_->multi, found->first);
        outcomes.push_back(state_->ended(*found->second, code));
        state_->flights.erase(found);
    }
    return outcomes;
}

std::size_t Poster::under_way() const {
    return state_->flights.size();
}

}  // namespace crane::outbound
