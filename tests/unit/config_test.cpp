// Settings: from the file, from the environment, and the sentences when they
// do not fit.
#include "shared/base/config.h"

#include <gtest/gtest.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace crane {
namespace {

constexpr std::string_view least_file =
    "CRANE_DATABASE_SOCKET=/run/db.sock\n"
    "CRANE_DATABASE_USER=crane\n"
    "CRANE_REDIS_SOCKET=/run/redis.sock\n";

// A file of settings, and none of the surrounding environment's.
class ConfigTest : public ::testing::Test {
protected:
    ConfigTest() {
        for (const char* name : names) {
            if (const char* value = getenv(name)) surrounding_[name] = value;
            unsetenv(name);
        }
        std::string pattern = (std::filesystem::temp_directory_path() / "crane-config-XXXXXX").string();
        const char* made = mkdtemp(pattern.data());
        if (made == nullptr) throw std::runtime_error("no temporary directory");
        directory_ = made;
        path_ = (directory_ / "crane.conf").string();
    }
    ~ConfigTest() override {
        for (const char* name : names) unsetenv(name);
        for (const auto& [name, value] : surrounding_) setenv(name.c_str(), value.c_str(), 1);
        std::filesystem::remove_all(directory_);
    }

    void write(std::string_view text) {
        std::ofstream(path_, std::ios::binary) << text;
        set("CRANE_CONFIG", path_);
    }
    static void set(const char* name, const std::string& value) { setenv(name, value.c_str(), 1); }

    // The sentence of the refusal, with the file's path shortened to "FILE".
    std::string refusal() const {
        try {
            load_config();
        } catch (const std::runtime_error& error) {
            std::string text = error.what();
            for (auto at = text.find(path_); at != std::string::npos; at = text.find(path_)) {
                text.replace(at, path_.size(), "FILE");
            }
            return text;
        }
        return "";
    }

    std::filesystem::path directory_;
    std::string path_;

private:
    static constexpr const char* names[] = {
        "CRANE_CONFIG",        "CRANE_DATABASE_SOCKET",   "CRANE_DATABASE_HOST", "CRANE_DATABASE_NAME",
        "CRANE_DATABASE_USER", "CRANE_DATABASE_PASSWORD", "CRANE_REDIS_SOCKET",  "CRANE_THREADS",
        "CRANE_LOG_LEVEL",     "CRANE_LEASE_SECONDS",     "CRANE_OTHER",
    };
    std::map<std::string, std::string> surrounding_;
};

TEST_F(ConfigTest, FillsInTheDefaults) {
    write(least_file);
    const Config config = load_config();
    EXPECT_EQ(config.database_socket, "/run/db.sock");
    EXPECT_EQ(config.database_host, "");
    EXPECT_EQ(config.database_name, "crane");
    EXPECT_EQ(config.database_user, "crane");
    EXPECT_EQ(config.database_password, "");
    EXPECT_EQ(config.redis_socket, "/run/redis.sock");
    EXPECT_EQ(config.threads, 16);
    EXPECT_EQ(config.lease_seconds, 30);
    EXPECT_EQ(config.log_level, "info");
}

TEST_F(ConfigTest, ReadsEverySetting) {
    write(
        "# a comment\r\n"
        "\n"
        "   \t\n"
        "  # another = comment\n"
        "CRANE_DATABASE_HOST = db.example:3306\r\n"
        "\tCRANE_DATABASE_NAME=books \n"
        "CRANE_DATABASE_USER=writer\n"
        "CRANE_DATABASE_PASSWORD=\"p = #w'\n"
        "CRANE_REDIS_SOCKET=/r\n"
        "CRANE_THREADS=256\n"
        "CRANE_LEASE_SECONDS=3600\n"
        "CRANE_LOG_LEVEL=warning\n"
        "CRANE_OTHER=kept for config_value");  // no newline at the end
    const Config config = load_config();
    EXPECT_EQ(config.database_socket, "");
    EXPECT_EQ(config.database_host, "db.example:3306");
    EXPECT_EQ(config.database_name, "books");
    EXPECT_EQ(config.database_user, "writer");
    EXPECT_EQ(config.database_password, "\"p = #w'");
    EXPECT_EQ(config.redis_socket, "/r");
    EXPECT_EQ(config.threads, 256);
    EXPECT_EQ(config.lease_seconds, 3600);
    EXPECT_EQ(config.log_level, "warning");
    EXPECT_EQ(config_value("CRANE_OTHER"), "kept for config_value");
    EXPECT_EQ(config_value("CRANE_ABSENT"), "");
}

TEST_F(ConfigTest, EnvironmentOverridesTheFile) {
    write(std::string(least_file) + "CRANE_THREADS=4\nCRANE_OTHER=file\n");
    set("CRANE_THREADS", "8");
    set("CRANE_OTHER", "environment");
    set("CRANE_DATABASE_SOCKET", "");
    set("CRANE_DATABASE_HOST", "elsewhere");
    const Config config = load_config();
    EXPECT_EQ(config.threads, 8);
    EXPECT_EQ(config.database_socket, "");
    EXPECT_EQ(config.database_host, "elsewhere");
    EXPECT_EQ(config_value("CRANE_OTHER"), "environment");
}

TEST_F(ConfigTest, NeedsNoFile) {
    set("CRANE_DATABASE_SOCKET", "/s");
    set("CRANE_DATABASE_USER", "u");
    set("CRANE_REDIS_SOCKET", "/r");
    EXPECT_EQ(load_config().database_socket, "/s");
    set("CRANE_CONFIG", "");
    EXPECT_EQ(load_config().database_user, "u");
}

TEST_F(ConfigTest, NamesTheLineOrSettingThatDoesNotFit) {
    const std::string form = " is not of the form NAME=value, with a name of [A-Z0-9_].";
    const std::string start(least_file);
    struct Row {
        std::string text;
        std::string refusal;
    };
    const std::vector<Row> rows = {
        {start + "CRANE_THREADS=1\n", ""},
        {start + "CRANE_THREADS=\n", ""},  // empty counts as absent
        {start + "\n# c\nhunter2\n", "FILE line 6" + form},
        {"lower=1\n", "FILE line 1" + form},
        {"=1\n", "FILE line 1" + form},
        {"A-B=1\n", "FILE line 1" + form},
        {"export CRANE_THREADS=1\n", "FILE line 1" + form},
        {start + "CRANE_DATABASE_USER=b\n", "FILE line 4 sets CRANE_DATABASE_USER again, after FILE line 2."},
        {start + "CRANE_LEASE_SECONDS=5\n", ""},
        {start + "CRANE_LEASE_SECONDS=4\n",
         "CRANE_LEASE_SECONDS (FILE line 4) is \"4\", not a number from 5 to 3600."},
        {start + "CRANE_LEASE_SECONDS=3601\n",
         "CRANE_LEASE_SECONDS (FILE line 4) is \"3601\", not a number from 5 to 3600."},
        {start + "CRANE_THREADS=0\n", "CRANE_THREADS (FILE line 4) is \"0\", not a number from 1 to 256."},
        {start + "CRANE_THREADS=257\n",
         "CRANE_THREADS (FILE line 4) is \"257\", not a number from 1 to 256."},
        {start + "CRANE_THREADS=-1\n", "CRANE_THREADS (FILE line 4) is \"-1\", not a number from 1 to 256."},
        {start + "CRANE_THREADS=4x\n", "CRANE_THREADS (FILE line 4) is \"4x\", not a number from 1 to 256."},
        {start + "CRANE_THREADS=99999999999\n",
         "CRANE_THREADS (FILE line 4) is \"99999999999\", not a number from 1 to 256."},
        {start + "CRANE_LOG_LEVEL=loud\n",
         "CRANE_LOG_LEVEL (FILE line 4) is \"loud\", not debug, info, warning or error."},
        {"", "The setting CRANE_DATABASE_SOCKET is missing (or CRANE_DATABASE_HOST instead of it)."},
        {"CRANE_DATABASE_HOST=h\n", "The setting CRANE_DATABASE_USER is missing."},
        {"CRANE_DATABASE_HOST=h\nCRANE_DATABASE_USER=u\n", "The setting CRANE_REDIS_SOCKET is missing."},
    };
    for (const Row& row : rows) {
        write(row.text);
        EXPECT_EQ(refusal(), row.refusal) << row.text;
    }
}

TEST_F(ConfigTest, NamesTheEnvironmentAsTheOrigin) {
    write(least_file);
    set("CRANE_THREADS", "many");
    EXPECT_EQ(refusal(), "CRANE_THREADS (the environment) is \"many\", not a number from 1 to 256.");
}

TEST_F(ConfigTest, RefusesAFileThatCannotBeRead) {
    set("CRANE_CONFIG", path_);
    EXPECT_EQ(refusal(), "CRANE_CONFIG names FILE, which cannot be read: No such file or directory.");
    EXPECT_THROW(config_value("CRANE_OTHER"), std::runtime_error);
    set("CRANE_CONFIG", directory_.string());
    EXPECT_EQ(refusal(), "CRANE_CONFIG names " + directory_.string() + ", which cannot be read.");
}

}  // namespace
}  // namespace crane
