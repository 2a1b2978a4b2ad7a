// The routes of the family events: the feed, and webhooks with their deliveries.
#pragma once

#include "shared/app/operation.h"

namespace crane::events {

app::Family family();

}  // namespace crane::events
