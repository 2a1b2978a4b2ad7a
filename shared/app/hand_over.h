// Passes a request on to the program that holds those who wait, so that no thread of this one does.
#pragma once

#include <string_view>

#include "shared/app/visit.h"

namespace crane::app {

// `answer_as` is "job" (the job as it is then) or "reply" (the operation's own reply).
http::Reply hand_over(const Visit& visit, const JobId& job_id, int seconds, std::string_view answer_as);

}  // namespace crane::app
