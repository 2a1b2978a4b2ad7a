#include "shared/service/scope.h"
#include "shared/store/queries.h"

namespace crane::service {

void write_events(Scope& scope, std::int64_t credits) {
    constexpr std::size_t columns = 14;
    if (scope.events.empty() && credits > 0) {
        throw std::logic_error("operation " + scope.actor.operation + " was charged and noted no event");
    }
    store::Values values;
    values.reserve(scope.events.size() * columns);
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
    scope.session.insert_rows(sql::events_insert, columns, values);
    scope.events.clear();
}

}  // namespace crane::service
