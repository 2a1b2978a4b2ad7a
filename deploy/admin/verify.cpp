// verify: an audit of all books. Says what is wrong, if anything.
#include <array>
#include <cstdio>

#include "deploy/admin/commands.h"
#include "shared/base/clock.h"
#include "shared/base/config.h"
#include "shared/base/hash.h"
#include "shared/store/queries.h"

namespace crane::admin {
namespace {

struct Check {
    const char* what;
    const char* fault;
    const store::Query& query;
    bool takes_time = false;  // a moment before which a job is forgotten, twice
};

constexpr std::int64_t forgotten_seconds = 120;

int run(store::Session& session, const Check& check) {
    const Timestamp long_ago{now().microseconds - forgotten_seconds * 1'000'000};
    store::Values values;
    if (check.takes_time) values = {long_ago, long_ago};
    int faults = 0;
    auto rows = session.query(check.query, values);
    while (rows.next()) {
        const auto where = rows.text();
        const auto which = rows.text();
        std::fprintf(stderr, "%s: %s %s (%s)\n", check.fault, check.what, to_hex(which).c_str(),
                     where.size() == 16 ? to_hex(where).c_str() : where.c_str());
        ++faults;
    }
    std::printf("%-22s %s\n", check.what, faults == 0 ? "ok" : "FAULTS");
    return faults;
}

}  // namespace

int verify() {
    const std::array<Check, 8> checks{{
        {"transactions", "The lines do not add up to zero", sql::audit_transactions_balance},
        {"headers", "The header does not fit its lines", sql::audit_headers_fit_lines},
        {"sums", "The kept sum differs from the journal", sql::audit_sums_fit_lines},
        {"orphans", "The line belongs to no transaction", sql::audit_orphans},
        {"jobs", "The job was forgotten", sql::audit_forgotten_jobs, true},
        {"credits", "The pool does not fit its charges", sql::audit_credits_fit_events},
        {"grants", "The pool does not fit what it was given", sql::audit_grants_fit_pools},
        {"usage", "The kept sum of charges differs from the events", sql::audit_usage_fits_events},
    }};
    const auto session = store::open_session(load_config(), store::SessionKind::read);
    int faults = 0;
    for (const auto& check : checks) faults += run(*session, check);
    return faults == 0 ? 0 : 1;
}

}  // namespace crane::admin
