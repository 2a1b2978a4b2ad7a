#include "shared/service/scope.h"
#include "shared/store/queries.h"

namespace crane::service {
namespace {

constexpr std::size_t columns = 14;

void append_rows(const Scope& scope, std::int64_t credits, store::Values& values) {
    if (scope.events.empty() && credits > 0) {
        throw std::logic_error("operation " + scope.actor.operation + " was charged and noted no event");
    }
    for (const auto& event : scope.events) {
        const store::Value row[columns] = {scope.books.books_id,
                                           event.id.value_or(make_id<EventNoun>()),
                                           scope.books.organization_id,
                                           event.entity_type,
                                           event.entity_id,
                                           event.event_type,
                                           scope.actor.operation,
                                           &event == scope.events.data() ? credits : std::int64_t{0},
                                           scope.actor.api_key_id,
                                           scope.actor.ip_address,
                                           scope.actor.user_agent,
                                           scope.actor.request_id,
                                           event.metadata,
                                           scope.at};
        values.insert(values.end(), std::begin(row), std::end(row));
    }
}

}  // namespace

void write_events(Scope& scope, std::int64_t credits) {
    Scope* const scopes[] = {&scope};
    write_events(scopes, credits);
}

void write_events(std::span<Scope* const> scopes, std::int64_t credits) {
    std::size_t count = 0;
    for (const auto* scope : scopes) count += scope->events.size();
    store::Values values;
    values.reserve(count * columns);
    for (const auto* scope : scopes) append_rows(*scope, credits, values);
    scopes.front()->session.insert_rows(sql::events_insert, columns, values);
    for (auto* scope : scopes) scope->events.clear();
}

}  // namespace crane::service
