// Runs the jobs of one set of books, in groups: one claim, then one commit for
// as many jobs as were taken together, or one commit for each group of a large
// job's elements.
#pragma once

#include <functional>
#include <mutex>
#include <string_view>

#include "shared/app/job_queue.h"
#include "shared/app/operation_table.h"

namespace crane::app {

class JobRunner {
public:
    JobRunner(Stores& stores, OperationTable operations)
        : stores_(&stores), operations_(std::move(operations)) {}

    // Takes what is due and runs it. True if there may be more.
    bool run_some(std::uint32_t books_id);
    // Jobs whose worker died: back into the queue, or failed after too many
    // attempts. Returns the books to ring for.
    std::vector<std::uint32_t> sweep_expired_leases();
    // Lengthens the leases of what this process holds and has not finished: a
    // job that waits behind a long one is not lost. Any thread.
    void renew_leases();

private:
    struct Outcome;
    void run_together(std::uint32_t books_id, const std::vector<service::jobs::ClaimedJob>& jobs);
    Outcome run_one(store::Session& session, std::uint32_t books_id, const service::jobs::ClaimedJob& job);
    void run_in_groups(std::uint32_t books_id, const service::jobs::ClaimedJob& job,
                       const Operation& operation);
    void give_up(std::uint32_t books_id, const service::jobs::ClaimedJob& job, const Error& error);
    const Operation* find(std::string_view name) const;
    // Of a lease that is taken or renewed now.
    Timestamp lease_end() const;

    // Claimed and not ended yet.
    struct Held {
        std::uint32_t books_id;
        service::jobs::ClaimedJob job;
    };
    void hold(std::uint32_t books_id, const std::vector<service::jobs::ClaimedJob>& jobs);
    void let_go(const service::jobs::ClaimedJob& job);

    Stores* stores_;
    OperationTable operations_;
    std::mutex mutex_;
    std::vector<Held> held_;
};

}  // namespace crane::app
