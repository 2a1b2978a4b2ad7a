// An event on the wire: in lists, in the feed, and in what webhooks send.
#pragma once

#include "shared/json/json.h"
#include "shared/service/event_feed.h"

namespace crane::app {

json::Value event_value(const service::event_feed::EventRow& event, const service::Books& books);

// What a webhook sends: {"type","timestamp","data":the event}.
std::string event_payload(const service::event_feed::EventRow& event, const service::Books& books);

}  // namespace crane::app
