// One JSON object a line on standard error. Never pass a secret.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace crane {

enum class LogLevel { debug, info, warning, error };

using LogField = std::pair<std::string_view, std::string>;

// True for "debug", "info", "warning" and "error".
bool is_log_level(std::string_view level);

// Sets the program's name and the least level written. Call once from main,
// before other threads log. Throws std::invalid_argument for an unknown level.
void start_log(std::string_view program, std::string_view level);

// Any thread, also before start_log (level info, no program). The line has
// "time", "level", "program", "message" and then the fields, all JSON strings;
// bytes that are not UTF-8 become U+FFFD.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace crane
