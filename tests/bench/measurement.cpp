#include "tests/bench/measurement.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace crane::bench {
namespace {

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Of sorted latencies, the nearest rank. In milliseconds.
double percentile(const std::vector<std::uint32_t>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1] / 1000.0;
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.3f", value);
    return text;
}

std::string counts_json(const std::map<int, std::int64_t>& statuses) {
    std::string text = "{";
    for (const auto& [status, count] : statuses) {
        if (text.size() > 1) text += ',';
        text += "\"" + std::to_string(status) + "\":" + std::to_string(count);
    }
    return text + "}";
}

std::int64_t count_within(const std::map<int, std::int64_t>& statuses, int from, int to) {
    std::int64_t sum = 0;
    for (const auto& [status, count] : statuses) {
        if (status >= from && status < to) sum += count;
    }
    return sum;
}

}  // namespace

Moment after(Moment from, double seconds) {
    return from + std::chrono::duration_cast<Moment::duration>(Seconds(seconds));
}

void Measurement::count(const Window& window, Moment due, Moment ended, int status) {
    ++all_statuses_[status];
    if (!window.holds(ended)) return;
    const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(ended - due).count();
    microseconds_.push_back(static_cast<std::uint32_t>(std::clamp<std::int64_t>(taken, 0, UINT32_MAX)));
    ++statuses_[status];
}

void Measurement::add(const Measurement& other) {
    microseconds_.insert(microseconds_.end(), other.microseconds_.begin(), other.microseconds_.end());
    for (const auto& [status, count] : other.statuses_) statuses_[status] += count;
    for (const auto& [status, count] : other.all_statuses_) all_statuses_[status] += count;
    broken_ += other.broken_;
    replays_ += other.replays_;
}

std::string Measurement::json(double seconds) const {
    auto sorted = microseconds_;
    std::ranges::sort(sorted);
    const auto measured = static_cast<std::int64_t>(sorted.size());
    const auto succeeded = count_within(statuses_, 200, 300);
    std::string text = "{\"requests\":" + std::to_string(measured);
    text += ",\"seconds\":" + number(seconds);
    text += ",\"per_second\":" + number(static_cast<double>(succeeded) / seconds);
    text += ",\"p50_ms\":" + number(percentile(sorted, 0.5));
    text += ",\"p90_ms\":" + number(percentile(sorted, 0.9));
    text += ",\"p99_ms\":" + number(percentile(sorted, 0.99));
    text += ",\"max_ms\":" + number(percentile(sorted, 1));
    text += ",\"statuses\":" + counts_json(statuses_);
    text += ",\"not_2xx\":" + std::to_string(measured - succeeded);
    text += ",\"5xx\":" + std::to_string(count_within(all_statuses_, 500, 600));
    text += ",\"broken\":" + std::to_string(broken_);
    text += ",\"replays\":" + std::to_string(replays_);
    text += ",\"statuses_in_all\":" + counts_json(all_statuses_);
    text += ",\"processor_seconds\":" + number(processor_seconds());
    return text + "}";
}

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

}  // namespace crane::bench
