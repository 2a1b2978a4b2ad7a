// The way of every request, in one place. The only catch of refusals.
#pragma once

#include "shared/app/gate.h"
#include "shared/app/visit.h"
#include "shared/app/writes.h"

namespace crane::app {

class Pipeline {
public:
    // `operations` outlives the pipeline; nullptr where no call asks for it.
    Pipeline(Stores& stores, Family family, const OperationTable* operations = nullptr);

    // Any thread; never throws.
    http::Reply handle(const http::Request& request);

private:
    http::Reply route(const http::Request& request, Visit& visit);
    const Route& match(const http::Request& request, Visit& visit) const;
    void admit(const http::Request& request, const Route& route, Visit& visit);
    http::Reply read(const http::Request& request, const Route& route, Visit& visit);
    http::Reply run_read_charged(const Route& route, Visit& visit);
    static void finish(const http::Request& request, const Visit& visit, http::Reply& reply);

    Stores* stores_;
    Family family_;
    const OperationTable* operations_;
    Gate gate_;
    Writes writes_;
};

}  // namespace crane::app
