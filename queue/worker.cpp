#include "queue/worker.h"

#include <charconv>

#include "shared/base/log.h"

namespace crane::queue {
namespace {

// Longer than a BLMOVE waits.
constexpr int redis_timeout_milliseconds = 3000;
constexpr std::string_view wait_seconds = "1";

std::uint32_t number_of(const std::string& text) {
    std::uint32_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

Worker::Worker(app::Stores& stores, app::JobRunner& runner, std::string name)
    : stores_(&stores),
      runner_(&runner),
      own_list_("crane:taken:" + std::move(name)),
      redis_(stores.config.redis_socket, redis_timeout_milliseconds) {}

void Worker::run(const app::StopSignal& stop_signal) {
    while (!stop_signal.wait_for_milliseconds(0)) {
        const auto taken =
            redis_.command({"BLMOVE", app::queue_list, own_list_, "LEFT", "RIGHT", wait_seconds});
        if (!taken) {  // Redis is away; the sweeper finds what is due
            stop_signal.wait_for_milliseconds(500);
            continue;
        }
        if (taken->kind != redis::Answer::Kind::text) continue;
        // What a killed worker leaves behind is found by the database's rows;
        // its list only has to go away.
        redis_.send({"EXPIRE", own_list_, "3600"});
        run_books(number_of(taken->text));
        redis_.command({"LREM", own_list_, "1", taken->text});
    }
}

void Worker::run_books(std::uint32_t books_id) {
    try {
        // One group; the rest goes to the end of the queue, behind the others.
        if (runner_->run_some(books_id)) app::ring(*stores_, books_id);
    } catch (const std::exception& exception) {
        log(LogLevel::error, "a group of jobs was not run", {{"reason", exception.what()}});
    }
}

}  // namespace crane::queue
