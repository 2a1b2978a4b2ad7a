// Time zones of the IANA database, as the system keeps it.
#pragma once

#include <string>

#include "shared/base/date.h"

namespace crane {

// False for a name that the database does not have.
bool is_time_zone(const std::string& name);

// The day that a moment falls on in a zone; in UTC if the zone is unknown.
// Any thread.
Date date_in_zone(Timestamp timestamp, const std::string& zone);

}  // namespace crane
