// The words of a command line, and how results are printed.
#include <cstdio>
#include <stdexcept>

#include "deploy/admin/commands.h"

namespace crane::admin {

Arguments::Arguments(const std::vector<std::string>& words, std::size_t from) {
    for (auto i = from; i < words.size(); ++i) {
        if (!words[i].starts_with("--")) throw std::runtime_error("Unexpected word: " + words[i]);
        const auto name = words[i].substr(2);
        const bool has_value = i + 1 < words.size() && !words[i + 1].starts_with("--");
        values_[name] = has_value ? words[++i] : "";
    }
}

std::string Arguments::value(const std::string& name, const std::string& otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : found->second;
}

bool is_env(const Arguments& arguments) {
    const auto format = arguments.value("format", "text");
    if (format != "text" && format != "env") throw std::runtime_error("--format is text or env.");
    return format == "env";
}

void print(bool is_env, const char* name, const char* label, const std::string& value) {
    if (is_env) {
        std::printf("%s=%s\n", name, value.c_str());
    } else {
        std::printf("%-13s %s\n", label, value.c_str());
    }
}

std::int64_t number(const Arguments& arguments, const std::string& name, std::int64_t otherwise) {
    if (!arguments.has(name)) return otherwise;
    const auto text = arguments.value(name);
    if (text.empty() || text.size() > 15 || text.find_first_not_of("0123456789") != std::string::npos) {
        throw std::runtime_error("--" + name + " takes a whole number.");
    }
    return std::stoll(text);
}

}  // namespace crane::admin
