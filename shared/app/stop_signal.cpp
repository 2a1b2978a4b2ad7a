#include "shared/app/stop_signal.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "shared/base/log.h"

namespace crane::app {

StopSignal::StopSignal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // a peer that left is an error of the write
    descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor_ < 0) throw std::runtime_error("signalfd failed");
}

bool StopSignal::wait_for_milliseconds(int milliseconds) const {
    if (is_raised_) return true;
    pollfd waited{descriptor_, POLLIN, 0};
    // The signal stays unread, so that everyone who waits sees it.
    if (poll(&waited, 1, milliseconds) > 0) is_raised_ = true;
    return is_raised_;
}

void StopSignal::wait() const {
    while (!wait_for_milliseconds(1000)) {
    }
}

void StopSignal::raise() const {
    is_raised_ = true;
}

LastResort::LastResort(int seconds, const StopSignal& signal)
    : thread_([this, seconds, &signal] {
          int milliseconds_left = seconds * 1000;
          while (!is_over_ && milliseconds_left > 0) {
              if (!signal.wait_for_milliseconds(100)) continue;
              std::this_thread::sleep_for(std::chrono::milliseconds(100));
              milliseconds_left -= 100;
          }
          if (is_over_) return;
          log(LogLevel::error, "still not stopped; ending");
          std::_Exit(1);
      }) {}

LastResort::~LastResort() {
    is_over_ = true;
    thread_.join();
}

}  // namespace crane::app
