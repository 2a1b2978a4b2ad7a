// A write's way from its body to its reply: run now, alone or together with others of the same moment, or
// accepted as a job.
#pragma once

#include "shared/app/gathering.h"
#include "shared/app/visit.h"
#include "shared/service/jobs.h"

namespace crane::app {

class Writes {
public:
    explicit Writes(Stores& stores);

    // Any thread. Throws Error for a refusal.
    http::Reply write(const http::Request& request, const Operation& operation, Visit& visit);

private:
    struct Member;

    Body read_body(const http::Request& request, const Operation& operation, Visit& visit);
    http::Reply run_now(const http::Request& request, const Operation& operation, Visit& visit, void* body);
    http::Reply run_alone(const http::Request& request, const Operation& operation, Visit& visit, void* body);
    http::Reply store_refusal(const http::Request& request, const Visit& visit, const Error& error);
    void run_group(const Operation& operation, const Gathering::Group& group) noexcept;
    void run_together(const Operation& operation, std::span<Member* const> members);
    http::Reply accept(const http::Request& request, const Operation& operation, Visit& visit, void* body);
    static void insert_job(const http::Request& request, const Operation& operation, const Visit& visit,
                           void* body, store::Session& session, const service::jobs::JobRow& job,
                           http::Reply& reply);

    Stores* stores_;
    Gathering gathering_;
};

}  // namespace crane::app
