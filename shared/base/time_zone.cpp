#include "shared/base/time_zone.h"

#include <date/tz.h>

#include <chrono>
#include <stdexcept>

namespace crane {

bool is_time_zone(const std::string& name) {
    if (name.empty()) return false;
    try {
        return date::locate_zone(name) != nullptr;
    } catch (const std::runtime_error&) {
        return false;
    }
}

Date date_in_zone(Timestamp timestamp, const std::string& zone) {
    try {
        const date::sys_time<std::chrono::microseconds> moment{
            std::chrono::microseconds(timestamp.microseconds)};
        const auto local = date::locate_zone(zone)->to_local(moment);
        const auto days = std::chrono::floor<date::days>(local.time_since_epoch());
        return {static_cast<std::int32_t>(days.count())};
    } catch (const std::runtime_error&) {
        return date_of(timestamp);
    }
}

}  // namespace crane
