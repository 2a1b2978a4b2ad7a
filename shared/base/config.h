// What a program is told at its start: KEY=value lines of the file named by
// CRANE_CONFIG, each overridden by an environment variable of the same name.
#pragma once

#include <string>
#include <string_view>

namespace crane {

struct Config {
    std::string database_socket;     // CRANE_DATABASE_SOCKET (or host below)
    std::string database_host;       // CRANE_DATABASE_HOST, "tcp host:port" use
    std::string database_name;       // CRANE_DATABASE_NAME, default "crane"
    std::string database_user;       // CRANE_DATABASE_USER
    std::string database_password;   // CRANE_DATABASE_PASSWORD
    std::string redis_socket;        // CRANE_REDIS_SOCKET
    std::string master_key_file;     // CRANE_MASTER_KEY_FILE, read_key_file() reads it
    int threads = 16;                // CRANE_THREADS, 1 to 256
    int lease_seconds = 30;          // CRANE_LEASE_SECONDS, 5 to 3600: how long a silent worker keeps a job
    std::string log_level = "info";  // CRANE_LOG_LEVEL
};

// Throws std::runtime_error with a sentence that names the file and line, or
// the missing setting; never the value of a line, which may be a password.
// Required: a database socket or host, a database user, a Redis socket. In the
// file, empty lines and lines that begin with # are skipped, blanks around a
// name and a value are trimmed, quotes have no meaning, a name stands once.
Config load_config();

// A single setting by the same rules; empty when absent. Reads the file each
// time: for the start of a program, not for a request.
std::string config_value(std::string_view name);

}  // namespace crane
