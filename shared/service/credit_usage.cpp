#include "shared/service/credit_usage.h"

#include "shared/service/organizations.h"
#include "shared/store/queries.h"

namespace crane::service::credit_usage {
namespace {

constexpr std::size_t columns = 6;

std::int64_t most_distance(Reach reach) {
    return reach == Reach::itself ? 0 : organizations::any_distance;
}

}  // namespace

std::vector<Charges> sums(store::Session& session, const OrganizationId& organization_id, Reach reach,
                          bool livemode, const Range& range, std::string_view grouping) {
    const auto distance = most_distance(reach);
    auto rows = session.query(sql::billing_usage,
                              {grouping, livemode, organization_id, distance, range.from, range.to, livemode,
                               organization_id, distance, range.from, range.to});
    std::vector<Charges> charges;
    while (rows.next()) {
        auto group = rows.text();
        const auto credits = rows.integer();
        charges.push_back({std::move(group), credits, rows.integer()});
    }
    return charges;
}

std::vector<KeyName> key_names(store::Session& session, const OrganizationId& organization_id, Reach reach,
                               const std::vector<ApiKeyId>& ids) {
    if (ids.empty()) return {};
    const store::Values before{organization_id, most_distance(reach)};
    const store::Values list(ids.begin(), ids.end());
    std::vector<KeyName> names;
    auto rows = session.query_list(sql::billing_key_names, before, list);
    while (rows.next()) {
        const auto id = rows.id<ApiKeyNoun>();
        names.push_back({id, rows.text()});
    }
    return names;
}

bool add_numbered(store::Session& session, std::uint32_t books_id, std::int64_t after, std::int64_t to) {
    struct Row {
        Date day;
        std::string operation;
        IdBytes api_key_id;
        std::int64_t credits;
        std::int64_t charge_count;
    };
    std::vector<Row> charged;
    {
        auto rows = session.query(sql::billing_charged, {books_id, after, to});
        while (rows.next()) {
            Row row{rows.date(), rows.text(), rows.id_bytes(), rows.integer(), rows.integer()};
            charged.push_back(std::move(row));
        }
    }
    store::Values values;
    values.reserve(charged.size() * columns);
    for (const auto& row : charged) {
        values.insert(values.end(), {books_id, row.day, row.operation, store::Value(row.api_key_id),
                                     row.credits, row.charge_count});
    }
    if (!values.empty()) session.insert_rows(sql::billing_add_usage, columns, values);
    return !values.empty();
}

}  // namespace crane::service::credit_usage
