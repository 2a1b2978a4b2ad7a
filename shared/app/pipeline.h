// The way of every request, in one place. The only catch of refusals.
#pragma once

#include "shared/app/execution.h"
#include "shared/app/gate.h"

namespace crane::app {

class Pipeline {
public:
    Pipeline(Stores& stores, Family family);

    // Any thread; never throws.
    http::Reply handle(const http::Request& request);

private:
    struct Matched;
    struct Visit;

    http::Reply route(const http::Request& request, Visit& visit);
    Matched match(const http::Request& request, Visit& visit) const;
    void admit(const http::Request& request, const Route& route, Visit& visit);
    http::Reply read(const http::Request& request, const Route& route, Visit& visit);
    http::Reply write(const http::Request& request, const Route& route, Visit& visit);
    http::Reply run_now(const http::Request& request, const Operation& operation, Visit& visit, void* body);
    http::Reply run_read_charged(const Route& route, Visit& visit);
    http::Reply accept(const http::Request& request, const Operation& operation, Visit& visit, void* body);
    static http::Reply hand_over(const Visit& visit, const JobId& job_id, int seconds,
                                 std::string_view answer_as);
    static void finish(const http::Request& request, const Visit& visit, http::Reply& reply);

    Stores* stores_;
    Family family_;
    Gate gate_;
};

}  // namespace crane::app
