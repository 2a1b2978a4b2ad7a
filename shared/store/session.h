// The store's one door: a database session that runs prepared statements.
//
// "Transaction" is the bookkeeping word in this project; the database's is a
// session: it begins with its first statement and ends with commit() or
// rollback(). A read session commits each statement by itself.
//
// A session belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/config.h"
#include "shared/store/value.h"

namespace crane::store {

// One .sql file, embedded when the program was built.
struct Query {
    std::string_view name;  // "accounts/get"
    std::string_view text;
};

enum class StoreFault {
    duplicate,        // a unique key; `constraint` names it
    foreign_key,      // `constraint` names it
    check,            // a CHECK; `constraint` names it
    out_of_range,     // a number that its column cannot hold
    conflict,         // deadlock, lock wait or certification failure: replay the session
    lock_not_given,   // `nowait` met a lock
    connection_lost,  // before the commit: nothing was kept, replay the session
    commit_unknown,   // the connection broke while committing
    refused,          // a trigger said no
    other,
};

class StoreError : public std::runtime_error {
public:
    StoreError(StoreFault which, std::string constraint_name, const std::string& message)
        : std::runtime_error(message), fault(which), constraint(std::move(constraint_name)) {}

    StoreFault fault;
    std::string constraint;
};

// The rows of one query. Columns are read in the order in which they were
// selected; each read moves on to the next column.
class Rows {
public:
    class Source;
    explicit Rows(std::unique_ptr<Source> source);
    Rows(Rows&&) noexcept;
    ~Rows();

    bool next();
    // How many columns of the row have not been read yet.
    bool skip_null();  // true, and the column is passed, if it is null
    std::int64_t integer();
    std::int32_t small() { return static_cast<std::int32_t>(integer()); }
    bool flag() { return integer() != 0; }
    // A sum that may be wider than 64 bits (DECIMAL without decimals).
    Wide wide();
    // Two sums as one text, parted by a blank: what a subquery for one column can give.
    std::pair<Wide, Wide> wide_pair();
    std::string text();
    IdBytes id_bytes();
    Date date();
    Timestamp timestamp();
    template <typename Noun>
    Id<Noun> id() {
        return {id_bytes()};
    }
    std::optional<std::string> optional_text();
    std::optional<Date> optional_date();
    std::optional<Timestamp> optional_timestamp();
    std::optional<std::int64_t> optional_integer();
    template <typename Noun>
    std::optional<Id<Noun>> optional_id() {
        if (skip_null()) return std::nullopt;
        return id<Noun>();
    }

private:
    std::unique_ptr<Source> source_;
};

using Values = std::vector<Value>;

enum class SessionKind { read, write };

class Session {
public:
    class Connection;
    Session(std::unique_ptr<Connection> connection, SessionKind kind);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Throws StoreError. The rows must be gone before the next statement.
    Rows query(const Query& query, std::span<const Value> values);
    Rows query(const Query& query, std::initializer_list<Value> values) {
        return this->query(query, std::span(values.begin(), values.size()));
    }
    // Rows affected: matched rows for an update, whether they changed or not.
    std::int64_t execute(const Query& query, std::span<const Value> values);
    std::int64_t execute(const Query& query, std::initializer_list<Value> values) {
        return execute(query, std::span(values.begin(), values.size()));
    }

    // `in (/*list*/ ?)`: `before`, then the list however long it is, then `after`.
    Rows query_list(const Query& query, std::span<const Value> before, std::span<const Value> list,
                    std::span<const Value> after = {});
    std::int64_t execute_list(const Query& query, std::span<const Value> before, std::span<const Value> list);

    // `values /*rows*/ (?, ?)`: inserts all rows, in few statements of a few
    // fixed sizes, so that the prepared ones are used again. `values` holds the
    // rows one after the other, `columns` values each.
    void insert_rows(const Query& query, std::size_t columns, std::span<const Value> values);

    // A statement composed at run time by list_query.cpp, and only there.
    Rows query_text(const std::string& text, std::span<const Value> values);

    // A statement without placeholders, not prepared: migrations only.
    void run_unprepared(const std::string& text);

    // Throws StoreError{commit_unknown} when the connection breaks meanwhile.
    void commit();
    // Never throws; a broken connection has rolled back already.
    void rollback() noexcept;

    // Undo to here without giving up the session; one level is enough.
    void set_savepoint();
    void rollback_to_savepoint();

    // Runs when the session has ended, committed or not. For what must be held
    // until then (the slots of sums).
    void at_end(std::function<void()> action);

    SessionKind kind() const { return kind_; }
    bool is_usable() const;

private:
    void run_end_actions() noexcept;

    std::unique_ptr<Connection> connection_;
    SessionKind kind_;
    std::vector<std::function<void()>> at_end_;
};

// A bounded set of kept connections. Any thread may acquire; waits while all
// are taken. What comes back broken is closed and opened anew on the next use.
class SessionPool {
public:
    SessionPool(const Config& config, SessionKind kind, std::size_t most);
    ~SessionPool();

    struct Return {
        SessionPool* pool;
        void operator()(Session* returned) const;
    };
    using Lease = std::unique_ptr<Session, Return>;

    // Throws StoreError{connection_lost} when no connection can be made.
    Lease acquire();

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Opens one connection outside any pool (command line, worker's listener).
std::unique_ptr<Session> open_session(const Config& config, SessionKind kind);
// No statement can run in it: for what needs a session only in name.
std::unique_ptr<Session> unconnected_session();

}  // namespace crane::store
