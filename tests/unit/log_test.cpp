// The log's lines, byte for byte.
#include "shared/base/log.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "shared/base/clock.h"

namespace crane {
namespace {

// The time is fixed and the error output is caught while a test lives.
class LogTest : public ::testing::Test {
protected:
    LogTest() {
        set_clock_for_tests(Timestamp{1'769'851'800'123'456});
        start_log("accounts", "debug");
        ::testing::internal::CaptureStderr();
    }
    ~LogTest() override {
        if (capturing_) ::testing::internal::GetCapturedStderr();
        set_clock_for_tests(Timestamp{});
    }

    std::string written() {
        capturing_ = false;
        return ::testing::internal::GetCapturedStderr();
    }

    static std::string line(std::string_view level, std::string_view rest) {
        return R"({"time":"2026-01-31T09:30:00.123456Z","level":")" + std::string(level) +
               R"(","program":"accounts","message":)" + std::string(rest) + "}\n";
    }

private:
    bool capturing_ = true;
};

TEST_F(LogTest, WritesOneObjectALine) {
    log(LogLevel::info, "Request answered.", {{"status", "201"}, {"request_id", "req_1"}});
    log(LogLevel::error, "No fields.");
    EXPECT_EQ(written(), line("info", R"("Request answered.","status":"201","request_id":"req_1")") +
                             line("error", R"("No fields.")"));
}

TEST_F(LogTest, EscapesWhatWouldBreakTheLine) {
    struct Row {
        std::string value;
        std::string escaped;
    };
    const std::vector<Row> rows = {
        {"", ""},
        {"plain", "plain"},
        {"\"quoted\"", R"(\"quoted\")"},
        {"back\\slash", R"(back\\slash)"},
        {"two\nlines", R"(two\nlines)"},
        {"\r\t\b", R"(\u000d\u0009\u0008)"},
        {std::string("\0", 1), R"(\u0000)"},
        {"\x1F\x7F", "\\u001f\x7F"},
        {"Z\xC3\xBCrich \xF0\x9F\x8F\xA6", "Z\xC3\xBCrich \xF0\x9F\x8F\xA6"},
        {"a\xFFz", R"(a\ufffdz)"},
        {"\xC3", R"(\ufffd)"},
        {"\xED\xA0\x80", R"(\ufffd\ufffd\ufffd)"},
        {"{} {0} %v %s", "{} {0} %v %s"},
    };
    std::string expected;
    for (const Row& row : rows) {
        log(LogLevel::info, row.value, {{row.value, row.value}});
        expected += line("info", '"' + row.escaped + "\",\"" + row.escaped + "\":\"" + row.escaped + '"');
    }
    EXPECT_EQ(written(), expected);
}

TEST_F(LogTest, WritesOnlyFromTheLeastLevelOn) {
    struct Row {
        std::string_view least;
        std::string_view lines;
    };
    const std::vector<Row> rows = {
        {"debug", "debug info warning error "},
        {"info", "info warning error "},
        {"warning", "warning error "},
        {"error", "error "},
    };
    std::string expected;
    for (const Row& row : rows) {
        start_log("accounts", row.least);
        log(LogLevel::debug, row.least);
        log(LogLevel::info, row.least);
        log(LogLevel::warning, row.least);
        log(LogLevel::error, row.least);
        std::istringstream levels{std::string(row.lines)};
        for (std::string level; levels >> level;) expected += line(level, '"' + std::string(row.least) + '"');
    }
    EXPECT_EQ(written(), expected);
}

TEST_F(LogTest, KnowsItsLevels) {
    for (const auto* level : {"debug", "info", "warning", "error"}) EXPECT_TRUE(is_log_level(level)) << level;
    for (const auto* level : {"", "warn", "Info", "off", "trace"}) {
        EXPECT_FALSE(is_log_level(level)) << level;
        EXPECT_THROW(start_log("accounts", level), std::invalid_argument) << level;
    }
}

TEST_F(LogTest, LinesOfManyThreadsStayWhole) {
    constexpr int threads = 8;
    constexpr int lines_per_thread = 500;
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) {
        running.emplace_back([t] {
            const std::string value(200, static_cast<char>('a' + t));
            for (int i = 0; i < lines_per_thread; ++i) log(LogLevel::info, "busy", {{"value", value}});
        });
    }
    for (auto& thread : running) thread.join();
    std::map<std::string, int> counts;
    std::istringstream all(written());
    for (std::string text; std::getline(all, text);) ++counts[text + '\n'];
    EXPECT_EQ(counts.size(), static_cast<std::size_t>(threads));
    for (int t = 0; t < threads; ++t) {
        const std::string value(200, static_cast<char>('a' + t));
        EXPECT_EQ(counts[line("info", R"("busy","value":")" + value + '"')], lines_per_thread) << t;
    }
}

}  // namespace
}  // namespace crane
