// crane-bench-fixed SOCKET FOLDER: the limit of what a FastCGI program behind this nginx can answer.
//
// It uses Crane's own FastCGI door and answers /bench/fixed/NAME/… with FOLDER/NAME.body, and
// FOLDER/NAME.headers
// ("Name: value" lines) as headers: replies that were Crane's once, made of nothing.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "shared/http/fastcgi.h"

namespace crane::bench {
namespace {

// As many as a family has unless it is told otherwise.
constexpr int threads = 16;
constexpr std::string_view prefix = "/bench/fixed/";

using Replies = std::map<std::string, http::Reply, std::less<>>;

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("Cannot read " + path.string() + ".");
    std::ostringstream content;
    content << file.rdbuf();
    return std::move(content).str();
}

http::Reply read_reply(const std::filesystem::path& body_path) {
    http::Reply reply;
    reply.body = read_file(body_path);
    std::istringstream lines(read_file(std::filesystem::path(body_path).replace_extension(".headers")));
    for (std::string line; std::getline(lines, line);) {
        const auto colon = line.find(": ");
        if (colon != std::string::npos) reply.set_header(line.substr(0, colon), line.substr(colon + 2));
    }
    return reply;
}

Replies read_replies(const std::string& folder) {
    Replies replies;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".body")
            replies.emplace(entry.path().stem(), read_reply(entry.path()));
    }
    return replies;
}

const http::Reply& reply_to(const Replies& replies, std::string_view path) {
    static const http::Reply absent{404, "{}"};
    if (!path.starts_with(prefix)) return absent;
    path.remove_prefix(prefix.size());
    const auto found = replies.find(path.substr(0, path.find('/')));
    return found == replies.end() ? absent : found->second;
}

int listen_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error("The socket's path is too long.");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    unlink(path.c_str());
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    constexpr int backlog = 1024;
    if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        listen(descriptor, backlog) != 0) {
        throw std::runtime_error("Cannot listen at " + path + ": " + std::strerror(errno) + ".");
    }
    chmod(path.c_str(), 0666);  // nginx is another user
    return descriptor;
}

http::Server* running = nullptr;

void run(const std::string& socket_path, const std::string& folder) {
    const auto replies = read_replies(folder);
    http::Server server(listen_at(socket_path));
    running = &server;
    std::signal(SIGTERM, [](int) { running->stop(); });
    server.run(threads,
               [&](http::Exchange exchange) { exchange.answer(reply_to(replies, exchange.request().path)); });
}

}  // namespace
}  // namespace crane::bench

int main(int count, char** words) {
    try {
        if (count != 3) throw std::runtime_error("Usage: crane-bench-fixed SOCKET FOLDER");
        crane::bench::run(words[1], words[2]);
        return 0;
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "crane-bench-fixed: %s\n", exception.what());
        return 1;
    }
}
