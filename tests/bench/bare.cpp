// crane-bench-bare: the limit of what the database can keep, by the same connector, with a commit for each
// step.
//
//   crane-bench-bare post  --connections N --seconds S [--warm-up S]    two lines and two balances, a commit
//   crane-bench-bare batch --connections N --size N --batches N         so many transactions' lines, a commit
//
// Reads CRANE_CONFIG like Crane's programs, and its tables from bare.sql. Prints what crane-bench-load
// prints; in mode batch a request is a batch.
#include <atomic>
#include <cstdio>
#include <map>
#include <random>
#include <stdexcept>
#include <thread>

#include "shared/base/id.h"
#include "shared/store/session.h"
#include "tests/bench/measurement.h"

namespace crane::bench {
namespace {

constexpr std::size_t account_count = 1000;
constexpr std::size_t line_columns = 5;

constexpr store::Query insert_lines{"bench/insert_lines",
                                    "insert into bare_lines (transaction_id, position, account_id, "
                                    "posting_date, amount) values /*rows*/ (?, ?, ?, ?, ?)"};
constexpr store::Query insert_two_lines{"bench/insert_two_lines",
                                        "insert into bare_lines (transaction_id, position, account_id, "
                                        "posting_date, amount) values (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)"};
constexpr store::Query add_to_balance{
    "bench/add_to_balance",
    "update bare_balances set debit = debit + ?, credit = credit + ? where account_id = ?"};

struct AccountChoice {
    IdBytes lesser;
    IdBytes greater;
};

// Accounts evenly spread: each is one row here, and writers of one row would wait for each other's commit.
class Draw {
public:
    explicit Draw(std::uint64_t seed) : engine_(seed) {}

    AccountChoice two_accounts() {
        const auto first = engine_() % account_count;
        auto second = engine_() % (account_count - 1);
        if (second >= first) ++second;
        return {account(std::min(first, second)), account(std::max(first, second))};
    }
    std::int64_t amount() { return static_cast<std::int64_t>(100 + engine_() % 999'900); }

private:
    static IdBytes account(std::uint64_t index) {
        IdBytes bytes{};
        const auto number = index + 1;
        bytes[14] = static_cast<std::uint8_t>(number >> 8U);
        bytes[15] = static_cast<std::uint8_t>(number & 0xffU);
        return bytes;
    }

    std::mt19937_64 engine_;
};

const Date posting_date = parse_date("2026-01-31").value();

void append_lines(Draw& draw, store::Values& values) {
    const auto id = make_id_bytes();
    const auto accounts = draw.two_accounts();
    const auto amount = draw.amount();
    values.insert(values.end(), {id, 0, accounts.lesser, posting_date, amount});
    values.insert(values.end(), {id, 1, accounts.greater, posting_date, -amount});
}

void post_one(store::Session& session, Draw& draw) {
    const auto id = make_id_bytes();
    const auto accounts = draw.two_accounts();
    const auto amount = draw.amount();
    session.execute(insert_two_lines, {id, 0, accounts.lesser, posting_date, amount, id, 1, accounts.greater,
                                       posting_date, -amount});
    // In the order of their ids, so that no two sessions wait for each other.
    session.execute(add_to_balance, {amount, 0, accounts.lesser});
    session.execute(add_to_balance, {0, amount, accounts.greater});
    session.commit();
}

struct Task {
    bool is_batch = false;
    int connections = 1;
    std::size_t size = 1;
    std::atomic<std::int64_t> batches_left{0};
    Window window{};
};

// One connection's work, on a thread of its own.
void work(Task& task, store::Session& session, std::uint64_t seed, Measurement& measurement) {
    Draw draw(seed);
    store::Values values;
    for (;;) {
        values.clear();
        const auto begun = moment();
        if (task.is_batch ? task.batches_left.fetch_sub(1) <= 0 : begun >= task.window.ends) return;
        try {
            if (task.is_batch) {
                for (std::size_t i = 0; i < task.size; ++i) append_lines(draw, values);
                session.insert_rows(insert_lines, line_columns, values);
                session.commit();
            } else {
                post_one(session, draw);
            }
            measurement.count(task.window, begun, moment(), 200);
        } catch (const store::StoreError& error) {
            if (error.fault != store::StoreFault::conflict) throw;
            measurement.count_replay();
            session.rollback();
        }
    }
}

int run(int count, char** words) {
    if (count < 2) throw std::runtime_error("Usage: crane-bench-bare post|batch --connections N …");
    std::map<std::string, std::string> options;
    for (int i = 2; i + 1 < count; i += 2) options[std::string(words[i]).substr(2)] = words[i + 1];
    const auto number = [&](const char* name, double otherwise) {
        return options.contains(name) ? std::stod(options[name]) : otherwise;
    };
    Task task;
    task.is_batch = std::string(words[1]) == "batch";
    task.connections = static_cast<int>(number("connections", 1));
    task.size = static_cast<std::size_t>(number("size", 1));
    task.batches_left = static_cast<std::int64_t>(number("batches", 1));
    auto config = load_config();
    config.database_name = "crane_bench";
    std::vector<std::unique_ptr<store::Session>> sessions;
    sessions.reserve(static_cast<std::size_t>(task.connections));
    for (int i = 0; i < task.connections; ++i)
        sessions.push_back(store::open_session(config, store::SessionKind::write));

    constexpr double most_batch_seconds = 3600;
    task.window.begins = after(moment(), task.is_batch ? 0 : number("warm-up", 1));
    task.window.ends = after(task.window.begins, task.is_batch ? most_batch_seconds : number("seconds", 5));
    std::vector<Measurement> parts(sessions.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        threads.emplace_back([&, i] { work(task, *sessions[i], i + 1, parts[i]); });
    }
    for (auto& thread : threads) thread.join();
    const auto seconds = Seconds((task.is_batch ? moment() : task.window.ends) - task.window.begins);
    Measurement all;
    for (const auto& part : parts) all.add(part);
    std::puts(all.json(seconds.count()).c_str());
    return 0;
}

}  // namespace
}  // namespace crane::bench

int main(int count, char** words) {
    try {
        return crane::bench::run(count, words);
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "crane-bench-bare: %s\n", exception.what());
        return 1;
    }
}
