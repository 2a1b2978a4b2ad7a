#include "shared/base/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "shared/base/clock.h"
#include "shared/base/text.h"

namespace crane {

namespace {

struct LevelName {
    std::string_view name;
    spdlog::level::level_enum level;
};

// In the order of LogLevel.
constexpr std::array level_names = {
    LevelName{"debug", spdlog::level::debug},
    LevelName{"info", spdlog::level::info},
    LevelName{"warning", spdlog::level::warn},
    LevelName{"error", spdlog::level::err},
};

const LevelName* find_level(std::string_view name) {
    for (const LevelName& level : level_names) {
        if (level.name == name) return &level;
    }
    return nullptr;
}

struct Log {
    std::string program;
    spdlog::logger logger{"crane", std::make_shared<spdlog::sinks::stderr_sink_mt>()};

    Log() {
        // The line is finished when it arrives: the pattern adds only its end.
        logger.set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
        logger.set_level(spdlog::level::info);
    }
};

// Never destroyed, so that a thread may still log while the program ends.
Log& the_log() {
    static Log& instance = *new Log;
    return instance;
}

void append_escaped(std::string& line, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
        line += '\\';
        line += c;
    } else if (c == '\n') {
        line += "\\n";
    } else if (byte < 0x20) {
        line += "\\u00";
        line += hex[byte >> 4U];
        line += hex[byte & 15U];
    } else {
        line += c;
    }
}

void append_json_string(std::string& line, std::string_view text) {
    line += '"';
    while (!text.empty()) {
        const std::size_t bytes = leading_character_bytes(text);
        if (bytes == 1) append_escaped(line, text.front());
        if (bytes > 1) line += text.substr(0, bytes);
        if (bytes == 0) line += "\\ufffd";
        text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
    line += '"';
}

void append_member(std::string& line, std::string_view name, std::string_view value) {
    line += line.empty() ? '{' : ',';
    append_json_string(line, name);
    line += ':';
    append_json_string(line, value);
}

}  // namespace

bool is_log_level(std::string_view level) {
    return find_level(level) != nullptr;
}

void start_log(std::string_view program, std::string_view level) {
    const LevelName* found = find_level(level);
    if (found == nullptr) throw std::invalid_argument("Unknown log level: " + std::string(level));
    the_log().program = program;
    the_log().logger.set_level(found->level);
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
    Log& log = the_log();
    const LevelName& name = level_names.at(static_cast<std::size_t>(level));
    if (!log.logger.should_log(name.level)) return;
    std::string line;
    append_member(line, "time", format_timestamp(now()));
    append_member(line, "level", name.name);
    append_member(line, "program", log.program);
    append_member(line, "message", message);
    for (const auto& [field, value] : fields) append_member(line, field, value);
    line += '}';
    log.logger.log(name.level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace crane
