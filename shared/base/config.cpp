#include "shared/base/config.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>

#include "shared/base/log.h"
#include "shared/base/text.h"

namespace crane {

namespace {

struct Setting {
    std::string value;
    std::string origin;  // for messages: "file.conf line 3", "the environment"
};

using Settings = std::map<std::string, Setting, std::less<>>;

bool is_setting_name(std::string_view name) {
    const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

std::string_view without_carriage_return(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

void add_line(Settings& settings, std::string_view line, const std::string& origin) {
    const std::string_view content = trim(without_carriage_return(line));
    if (content.empty() || content.starts_with('#')) return;
    const std::size_t equals = content.find('=');
    const std::string_view name = trim(content.substr(0, equals));
    // The line itself stays out of the message: it may be half a password.
    if (equals == std::string_view::npos || !is_setting_name(name)) {
        throw std::runtime_error(origin + " is not of the form NAME=value, with a name of [A-Z0-9_].");
    }
    Setting setting{std::string(trim(content.substr(equals + 1))), origin};
    const auto [earlier, added] = settings.try_emplace(std::string(name), std::move(setting));
    if (!added) {
        throw std::runtime_error(origin + " sets " + earlier->first + " again, after " +
                                 earlier->second.origin + ".");
    }
}

Settings read_file(const std::string& path) {
    errno = 0;
    std::ifstream file(path);
    if (!file) {
        throw std::runtime_error("CRANE_CONFIG names " + path +
                                 ", which cannot be read: " + std::strerror(errno) + ".");
    }
    Settings settings;
    int number = 0;
    for (std::string line; std::getline(file, line);) {
        add_line(settings, line, path + " line " + std::to_string(++number));
    }
    // A directory opens and then fails here, like a file on a broken disk.
    if (file.bad()) throw std::runtime_error("CRANE_CONFIG names " + path + ", which cannot be read.");
    return settings;
}

Settings read_configured_file() {
    const char* path = std::getenv("CRANE_CONFIG");
    return path == nullptr || *path == '\0' ? Settings{} : read_file(path);
}

Setting find(const Settings& settings, std::string_view name) {
    const std::string name_text(name);
    const char* from_environment = std::getenv(name_text.c_str());
    if (from_environment != nullptr) return {from_environment, "the environment"};
    const auto found = settings.find(name);
    return found == settings.end() ? Setting{} : found->second;
}

std::string find_required(const Settings& settings, std::string_view name) {
    std::string value = find(settings, name).value;
    if (value.empty()) throw std::runtime_error("The setting " + std::string(name) + " is missing.");
    return value;
}

struct Range {
    int least;
    int most;
};

int find_number(const Settings& settings, std::string_view name, int fallback, Range range) {
    const Setting setting = find(settings, name);
    if (setting.value.empty()) return fallback;
    int number = 0;
    const char* end = setting.value.data() + setting.value.size();
    const auto [stopped, fault] = std::from_chars(setting.value.data(), end, number);
    if (fault != std::errc{} || stopped != end || number < range.least || number > range.most) {
        throw std::runtime_error(std::string(name) + " (" + setting.origin + ") is \"" + setting.value +
                                 "\", not a number from " + std::to_string(range.least) + " to " +
                                 std::to_string(range.most) + ".");
    }
    return number;
}

std::string find_log_level(const Settings& settings, const std::string& fallback) {
    const Setting setting = find(settings, "CRANE_LOG_LEVEL");
    if (setting.value.empty()) return fallback;
    if (!is_log_level(setting.value)) {
        throw std::runtime_error("CRANE_LOG_LEVEL (" + setting.origin + ") is \"" + setting.value +
                                 "\", not debug, info, warning or error.");
    }
    return setting.value;
}

}  // namespace

Config load_config() {
    const Settings settings = read_configured_file();
    Config config;
    config.database_socket = find(settings, "CRANE_DATABASE_SOCKET").value;
    config.database_host = find(settings, "CRANE_DATABASE_HOST").value;
    if (config.database_socket.empty() && config.database_host.empty()) {
        throw std::runtime_error(
            "The setting CRANE_DATABASE_SOCKET is missing (or CRANE_DATABASE_HOST instead of it).");
    }
    config.database_name = find(settings, "CRANE_DATABASE_NAME").value;
    if (config.database_name.empty()) config.database_name = "crane";
    config.database_user = find_required(settings, "CRANE_DATABASE_USER");
    config.database_password = find(settings, "CRANE_DATABASE_PASSWORD").value;
    config.redis_socket = find_required(settings, "CRANE_REDIS_SOCKET");
    config.master_key_file = find(settings, "CRANE_MASTER_KEY_FILE").value;
    config.threads = find_number(settings, "CRANE_THREADS", config.threads, {1, 256});
    config.lease_seconds = find_number(settings, "CRANE_LEASE_SECONDS", config.lease_seconds, {5, 3600});
    config.log_level = find_log_level(settings, config.log_level);
    return config;
}

std::string config_value(std::string_view name) {
    return find(read_configured_file(), name).value;
}

}  // namespace crane
