// The only file that includes the connector's headers.
#include "shared/store/session.h"

#include <cppconn/exception.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>
#include <mysql_connection.h>
#include <mysql_driver.h>

#include <algorithm>
#include <unordered_map>

#include "shared/store/server_errors.h"
#include "shared/store/statement_text.h"

namespace crane::store {
namespace {

// get_driver_instance() is not safe to race; a static's initialisation is.
sql::mysql::MySQL_Driver& driver() {
    static sql::mysql::MySQL_Driver* const instance = sql::mysql::get_driver_instance();
    return *instance;
}

// The client library keeps memory for each thread that uses it.
struct ThreadRegistration {
    ThreadRegistration() { driver().threadInit(); }
    ~ThreadRegistration() { driver().threadEnd(); }
};
void register_thread() {
    static thread_local ThreadRegistration registration;
}

constexpr std::size_t most_statements_kept = 256;
}  // namespace

class Rows::Source {
public:
    explicit Source(sql::ResultSet* rows) : rows_(rows) {}
    std::unique_ptr<sql::ResultSet> rows_;
    unsigned column_ = 1;
};

Rows::Rows(std::unique_ptr<Source> source) : source_(std::move(source)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows::~Rows() = default;

bool Rows::next() {
    source_->column_ = 1;
    return source_->rows_->next();
}

bool Rows::skip_null() {
    if (!source_->rows_->isNull(source_->column_)) return false;
    ++source_->column_;
    return true;
}

std::int64_t Rows::integer() {
    return source_->rows_->getInt64(source_->column_++);
}

namespace {

Wide wide_of(std::string_view digits) {
    Wide number = 0;
    for (const char c : digits) {
        if (c != '-') number = number * 10 + (c - '0');
    }
    return digits.starts_with('-') ? -number : number;
}

}  // namespace

Wide Rows::wide() {
    return wide_of(text());
}

std::pair<Wide, Wide> Rows::wide_pair() {
    const auto both = text();
    const auto blank = both.find(' ');
    if (blank == std::string::npos) throw std::logic_error("not two sums: " + both);
    return {wide_of(std::string_view(both).substr(0, blank)),
            wide_of(std::string_view(both).substr(blank + 1))};
}

std::string Rows::text() {
    const sql::SQLString content = source_->rows_->getString(source_->column_++);
    return content.asStdString();
}

IdBytes Rows::id_bytes() {
    const sql::SQLString content = source_->rows_->getString(source_->column_++);
    IdBytes bytes{};
    if (content.length() != bytes.size()) throw std::logic_error("an id column does not hold 16 bytes");
    std::memcpy(bytes.data(), content.c_str(), bytes.size());
    return bytes;
}

Date Rows::date() {
    const auto content = text();
    const auto parsed = parse_date(content);
    if (!parsed) throw std::logic_error("not a date: " + content);
    return *parsed;
}

Timestamp Rows::timestamp() {
    const auto content = text();
    const auto parsed = parse_timestamp_sql(content);
    if (!parsed) throw std::logic_error("not a timestamp: " + content);
    return *parsed;
}

std::optional<std::string> Rows::optional_text() {
    if (skip_null()) return std::nullopt;
    return text();
}

std::optional<Date> Rows::optional_date() {
    if (skip_null()) return std::nullopt;
    return date();
}

std::optional<Timestamp> Rows::optional_timestamp() {
    if (skip_null()) return std::nullopt;
    return timestamp();
}

std::optional<std::int64_t> Rows::optional_integer() {
    if (skip_null()) return std::nullopt;
    return integer();
}

class Session::Connection {
public:
    Connection(const Config& config, SessionKind kind) {
        register_thread();
        sql::ConnectOptionsMap options;
        const auto host = config.database_socket.empty() ? "tcp://" + config.database_host
                                                         : "unix://" + config.database_socket;
        options["hostName"] = sql::SQLString(host);
        options["userName"] = sql::SQLString(config.database_user);
        options["password"] = sql::SQLString(config.database_password);
        options["schema"] = sql::SQLString(config.database_name);
        options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
        options["CLIENT_FOUND_ROWS"] = true;
        options["OPT_CONNECT_TIMEOUT"] = 5;
        try {
            connection_.reset(driver().connect(options));
            const std::unique_ptr<sql::Statement> statement(connection_->createStatement());
            statement->execute("set session transaction isolation level read committed");
            statement->execute(
                "set session time_zone = '+00:00', "
                "sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO'");
            statement->execute(kind == SessionKind::read ? "set autocommit = 1" : "set autocommit = 0");
        } catch (const sql::SQLException& exception) {
            throw StoreError(StoreFault::connection_lost, {}, exception.what());
        }
    }

    sql::PreparedStatement& prepare(const std::string& text) {
        const auto found = statements_.find(text);
        if (found != statements_.end()) return *found->second;
        if (statements_.size() >= most_statements_kept) statements_.clear();
        auto& slot = statements_[text];
        try {
            slot.reset(connection_->prepareStatement(text));
        } catch (...) {
            statements_.erase(text);
            throw;
        }
        return *slot;
    }

    static void bind(sql::PreparedStatement& statement, std::span<const Value> values) {
        unsigned position = 1;
        for (const auto& value : values) {
            if (value.is_null()) {
                statement.setNull(position, 0);
            } else if (const auto* integer = value.integer()) {
                statement.setInt64(position, *integer);
            } else {
                const auto text = value.text();
                statement.setString(position, sql::SQLString(text.data(), text.size()));
            }
            ++position;
        }
    }

    template <typename Action>
    auto guarded(Action action) {
        register_thread();
        try {
            return action();
        } catch (const sql::SQLException& exception) {
            auto error = error_of(exception.getErrorCode(), exception.what());
            if (error.fault == StoreFault::connection_lost) usable_ = false;
            throw error;
        }
    }

    Rows query(const std::string& text, std::span<const Value> values) {
        return guarded([&] {
            is_open_ = true;
            auto& statement = prepare(text);
            bind(statement, values);
            return Rows(std::make_unique<Rows::Source>(statement.executeQuery()));
        });
    }

    std::int64_t execute(const std::string& text, std::span<const Value> values) {
        return guarded([&] {
            is_open_ = true;
            auto& statement = prepare(text);
            bind(statement, values);
            return static_cast<std::int64_t>(statement.executeUpdate());
        });
    }

    void run_unprepared(const std::string& text) {
        guarded([&] {
            const std::unique_ptr<sql::Statement> statement(connection_->createStatement());
            statement->execute(text);
        });
    }

    std::unique_ptr<sql::Connection> connection_;
    std::unordered_map<std::string, std::unique_ptr<sql::PreparedStatement>> statements_;
    bool usable_ = true;
    bool is_open_ = false;  // a statement ran since the last commit or rollback
};

Session::Session(std::unique_ptr<Connection> connection, SessionKind kind)
    : connection_(std::move(connection)), kind_(kind) {}

Session::~Session() {
    run_end_actions();
}

Rows Session::query(const Query& query, std::span<const Value> values) {
    return connection_->query(std::string(query.text), values);
}

std::int64_t Session::execute(const Query& query, std::span<const Value> values) {
    return connection_->execute(std::string(query.text), values);
}

Rows Session::query_list(const Query& query, std::span<const Value> before, std::span<const Value> list,
                         std::span<const Value> after) {
    const auto padded = pad_list(before, list, after);
    return connection_->query(repeat_list(query.text, padded.size), padded.values);
}

std::int64_t Session::execute_list(const Query& query, std::span<const Value> before,
                                   std::span<const Value> list) {
    const auto padded = pad_list(before, list, {});
    return connection_->execute(repeat_list(query.text, padded.size), padded.values);
}

void Session::insert_rows(const Query& query, std::size_t columns, std::span<const Value> values) {
    constexpr std::size_t most_rows = 512;
    constexpr std::size_t few_rows = 12;  // what single postings write: one statement
    const auto row = query.text.substr(query.text.find("/*rows*/"));
    if (std::ranges::count(row.substr(0, row.find(')')), '?') != static_cast<std::ptrdiff_t>(columns) ||
        values.size() % columns != 0) {
        throw std::logic_error("the rows of " + std::string(query.name) + " have another number of values");
    }
    auto count = values.size() / columns;
    std::size_t chunk = most_rows;
    while (count > 0) {
        while (chunk > count) chunk /= 2;
        if (count <= few_rows) chunk = count;
        connection_->execute(repeat_rows(query.text, chunk), values.first(chunk * columns));
        values = values.subspan(chunk * columns);
        count -= chunk;
    }
}

Rows Session::query_text(const std::string& text, std::span<const Value> values) {
    return connection_->query(text, values);
}

void Session::run_unprepared(const std::string& text) {
    connection_->run_unprepared(text);
}

void Session::commit() {
    try {
        // As a statement: Connection::commit() of this connector drops the
        // server's answer, so a commit that failed would pass for one that held.
        connection_->run_unprepared("commit");
        connection_->is_open_ = false;
    } catch (const StoreError& error) {
        run_end_actions();
        if (error.fault == StoreFault::connection_lost) {
            throw StoreError(StoreFault::commit_unknown, {}, error.what());
        }
        throw;
    }
    run_end_actions();
}

void Session::rollback() noexcept {
    try {
        if (connection_->is_open_) connection_->run_unprepared("rollback");
        connection_->is_open_ = false;
    } catch (...) {
        connection_->usable_ = false;
    }
    run_end_actions();
}

void Session::set_savepoint() {
    connection_->run_unprepared("savepoint step");
}

void Session::rollback_to_savepoint() {
    connection_->run_unprepared("rollback to savepoint step");
}

void Session::at_end(std::function<void()> action) {
    at_end_.push_back(std::move(action));
}

bool Session::is_usable() const {
    return connection_->usable_;
}

void Session::run_end_actions() noexcept {
    for (const auto& action : at_end_) action();
    at_end_.clear();
}

std::unique_ptr<Session> open_session(const Config& config, SessionKind kind) {
    return std::make_unique<Session>(std::make_unique<Session::Connection>(config, kind), kind);
}

std::unique_ptr<Session> unconnected_session() {
    return std::make_unique<Session>(nullptr, SessionKind::read);
}

}  // namespace crane::store
