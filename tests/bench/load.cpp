// crane-bench-load: sends requests over kept TLS connections and prints what came of them as one line of
// JSON.
//
//   crane-bench-load --url https://localhost:8443 --authority tls/ca.pem --target
//   /organizations/org_…/accounts/{account}
//
// --method M --body TEXT --body-file FILE --header 'Name: value' (any number of them)
// --accounts FILE   ids, one a line, for {account}; --skew 0.99 prefers the first ones (Zipf), 0 none
// --connections N --threads N --seconds S --warm-up S --seed N
// --rate R          open loop: R requests a second are due, and latency counts from the due time
// --requests N      N requests, however long it takes, instead of --seconds
// The API key is the environment's CRANE_BENCH_KEY, so that no list of processes shows it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/bench/load_loop.h"

namespace crane::bench {
namespace {

class Options {
public:
    Options(int count, char** words) {
        for (int i = 1; i < count; i += 2) {
            const std::string name = words[i];
            if (!name.starts_with("--") || i + 1 == count)
                throw std::runtime_error("Unexpected word: " + name);
            values_.emplace(name.substr(2), words[i + 1]);
        }
    }

    std::string text(const std::string& name, const std::string& otherwise = "") const {
        const auto found = values_.find(name);
        return found == values_.end() ? otherwise : found->second;
    }
    double number(const std::string& name, double otherwise) const {
        return values_.contains(name) ? std::stod(text(name)) : otherwise;
    }
    int whole(const std::string& name, int otherwise) const {
        return values_.contains(name) ? std::stoi(text(name)) : otherwise;
    }
    void for_each(const std::string& name, const std::function<void(const std::string&)>& visit) const {
        const auto [from, to] = values_.equal_range(name);
        for (auto at = from; at != to; ++at) visit(at->second);
    }

private:
    std::multimap<std::string, std::string> values_;
};

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("Cannot read " + path + ".");
    std::ostringstream content;
    content << file.rdbuf();
    return std::move(content).str();
}

struct Address {
    std::string host;
    int port = 443;
};

Address address_of(const std::string& url) {
    constexpr std::string_view scheme = "https://";
    if (!url.starts_with(scheme)) throw std::runtime_error("--url wants https://HOST:PORT.");
    const auto colon = url.find(':', scheme.size());
    Address address{url.substr(scheme.size(), colon - scheme.size())};
    if (colon != std::string::npos) address.port = std::stoi(url.substr(colon + 1));
    return address;
}

Plan plan_of(const Options& options, const Address& address) {
    Plan plan;
    plan.method = options.text("method", "GET");
    plan.head_lines = "Host: " + address.host + ":" + std::to_string(address.port) + "\r\n";
    if (const char* key = std::getenv("CRANE_BENCH_KEY")) {
        plan.head_lines += std::string("Authorization: Bearer ") + key + "\r\n";
    }
    options.for_each("header", [&](const std::string& line) { plan.head_lines += line + "\r\n"; });
    plan.target = Template(options.text("target", "/health"));
    const auto body_file = options.text("body-file");
    const auto body = body_file.empty() ? options.text("body") : read_file(body_file);
    plan.has_body = !body.empty();
    plan.body = Template(body);
    if (const auto file = options.text("accounts"); !file.empty()) {
        std::istringstream lines(read_file(file));
        for (std::string line; std::getline(lines, line);) plan.accounts.push_back(line);
        plan.accounts_choice = Zipf(plan.accounts.size(), options.number("skew", 0.99));
    }
    return plan;
}

// Connections and rate are shared out to the threads.
std::vector<std::unique_ptr<Loop>> loops_of(const Options& options, const Destination& destination,
                                            const Plan& plan, std::atomic<std::int64_t>* requests_left) {
    const int connections = options.whole("connections", 1);
    const int threads = std::clamp(options.whole("threads", 1), 1, connections);
    const auto seed = static_cast<std::uint64_t>(options.whole("seed", 1));
    std::vector<std::unique_ptr<Loop>> loops;
    for (int i = 0; i < threads; ++i) {
        const int share = connections / threads + (i < connections % threads ? 1 : 0);
        const auto which = static_cast<std::uint64_t>(i);
        loops.push_back(
            std::make_unique<Loop>(destination, Composer(plan, seed * 1000 + which, which * 1'000'000'000),
                                   Pace{share, options.number("rate", 0) / threads, requests_left}));
        loops.back()->open();
    }
    return loops;
}

void run_all(std::vector<std::unique_ptr<Loop>>& loops, const Window& window) {
    std::vector<std::exception_ptr> faults(loops.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < loops.size(); ++i) {
        threads.emplace_back([&, i] {
            try {
                loops[i]->run(window);
            } catch (...) {
                faults[i] = std::current_exception();
            }
        });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& fault : faults) {
        if (fault) std::rethrow_exception(fault);
    }
}

int run(const Options& options) {
    const auto address = address_of(options.text("url"));
    const Destination destination(address.host, address.port, options.text("authority"));
    const auto plan = plan_of(options, address);
    std::atomic<std::int64_t> requests_left{options.whole("requests", 0)};
    const bool is_counted = requests_left > 0;
    auto loops = loops_of(options, destination, plan, is_counted ? &requests_left : nullptr);
    const auto begins = after(moment(), is_counted ? 0 : options.number("warm-up", 1));
    constexpr double most_counted_seconds = 3600;
    const Window window{begins,
                        after(begins, is_counted ? most_counted_seconds : options.number("seconds", 5))};
    run_all(loops, window);
    const auto seconds = is_counted ? Seconds(moment() - begins) : Seconds(window.ends - window.begins);
    Measurement all;
    for (const auto& loop : loops) {
        all.add(loop->measurement());
        if (const auto& refusal = loop->first_refusal(); !refusal.empty()) {
            std::fprintf(stderr, "The first refusal:\n%s\n", refusal.c_str());
        }
    }
    std::puts(all.json(seconds.count()).c_str());
    return 0;
}

}  // namespace
}  // namespace crane::bench

int main(int count, char** words) {
    try {
        return crane::bench::run(crane::bench::Options(count, words));
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "crane-bench-load: %s\n", exception.what());
        return 1;
    }
}
