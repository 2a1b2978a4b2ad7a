#include "shared/app/hand_over.h"

namespace crane::app {

http::Reply hand_over(const Visit& visit, const JobId& job_id, int seconds, std::string_view answer_as) {
    http::Reply reply;
    const auto& admission = *visit.admission;
    std::string target = "/internal/wait?as=" + std::string(answer_as) + "&job=" + to_text(job_id);
    target += "&books=" + std::to_string(visit.input.books.books_id);
    target += "&organization=" + to_text(visit.input.books.organization_id);
    target += std::string("&livemode=") + (visit.input.books.livemode ? "1" : "0");
    target += "&seconds=" + std::to_string(seconds);
    target += "&limit=" + std::to_string(admission.rate_limit.limit);
    target += "&remaining=" + std::to_string(admission.rate_limit.remaining);
    target += "&reset=" + std::to_string(admission.rate_limit.reset_seconds);
    target += "&credits=" + std::to_string(admission.credits_remaining.value_or(0));
    reply.set_header("X-Accel-Redirect", target);
    return reply;
}

}  // namespace crane::app
