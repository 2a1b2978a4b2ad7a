#include "shared/store/server_errors.h"

namespace crane::store {
namespace {

// Server error numbers that MariaDB and MySQL share, where not said otherwise.
enum ServerError {
    server_shutdown = 1053,
    duplicate_entry = 1062,
    query_interrupted = 1317,
    out_of_range_value = 1264,
    out_of_range_result = 1690,
    lock_wait_timeout = 1205,
    deadlock = 1213,
    row_is_referenced = 1451,
    no_referenced_row = 1452,
    signal_raised = 1644,
    wsrep_conflict = 1047,
    connection_killed = 1927,
    client_gone = 2006,
    client_lost = 2013,
    client_cannot_connect = 2002,
    client_cannot_connect_host = 2003,
    lock_nowait_mysql = 3572,
    check_failed_mysql = 3819,
    check_failed_mariadb = 4025,
};

// "… for key 'accounts_code'", "CONSTRAINT `accounts_type` failed …": the last
// quoted word names the constraint for a key, the first for a CHECK.
std::string quoted_word(std::string_view message, std::string_view marker, char quote) {
    const auto at = message.rfind(marker);
    if (at == std::string_view::npos) return {};
    const auto begin = message.find(quote, at);
    if (begin == std::string_view::npos) return {};
    const auto end = message.find(quote, begin + 1);
    auto word = message.substr(begin + 1, end - begin - 1);
    const auto dot = word.rfind('.');  // MySQL 8 says table.key
    return std::string(dot == std::string_view::npos ? word : word.substr(dot + 1));
}

// "transactions_keep_closed: nothing is …": what a trigger signals may begin
// with a name, which is then known like a constraint's.
std::string name_signalled(std::string_view message) {
    const auto name = message.substr(0, message.find(':'));
    const bool is_name = name.size() < message.size() && !name.empty() &&
                         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
    return std::string(is_name ? name : std::string_view());
}

}  // namespace

StoreError error_of(int server_error, const std::string& message) {
    switch (server_error) {
        case duplicate_entry:
            return {StoreFault::duplicate, quoted_word(message, "for key", '\''), message};
        case row_is_referenced:
        case no_referenced_row:
            return {StoreFault::foreign_key, quoted_word(message, "CONSTRAINT", '`'), message};
        case check_failed_mariadb:
            return {StoreFault::check, quoted_word(message, "CONSTRAINT", '`'), message};
        case check_failed_mysql:
            return {StoreFault::check, quoted_word(message, "constraint", '\''), message};
        case out_of_range_value:
        case out_of_range_result:
            return {StoreFault::out_of_range, {}, message};
        case lock_wait_timeout:
        case deadlock:
        case wsrep_conflict:
            return {StoreFault::conflict, {}, message};
        case lock_nowait_mysql:
            return {StoreFault::lock_not_given, {}, message};
        case signal_raised:
            return {StoreFault::refused, name_signalled(message), message};
        case server_shutdown:
        case query_interrupted:
        case connection_killed:
        case client_gone:
        case client_lost:
        case client_cannot_connect:
        case client_cannot_connect_host:
            return {StoreFault::connection_lost, {}, message};
        default:
            return {StoreFault::other, {}, message + " (" + std::to_string(server_error) + ")"};
    }
}

}  // namespace crane::store
