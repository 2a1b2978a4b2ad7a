#include "shared/app/item_keys.h"

#include <algorithm>

#include "shared/app/idempotency.h"
#include "shared/store/queries.h"

namespace crane::app {

std::map<std::string, StoredItem> find_item_keys(Call& call, const std::vector<std::string>& keys) {
    std::map<std::string, StoredItem> found;
    if (keys.empty()) return found;
    const store::Values before{call.books().organization_id, call.books().livemode};
    const store::Values list(keys.begin(), keys.end());
    auto rows = call.session().query_list(sql::idempotency_find_many, before, list);
    while (rows.next()) {
        auto& item = found[rows.text()];
        const auto hash = rows.text();
        std::copy_n(hash.begin(), std::min(hash.size(), item.request_hash.size()), item.request_hash.begin());
        item.reply_body = rows.optional_text().value_or("");
    }
    return found;
}

void store_item_keys(Call& call, const std::vector<NewItemKey>& keys) {
    constexpr std::size_t columns = 7;
    const Timestamp expires{call.scope.at.microseconds + kept_days * 86'400'000'000};
    store::Values values;
    values.reserve(keys.size() * columns);
    for (const auto& item : keys) {
        const store::Value row[columns] = {call.books().organization_id,
                                           call.books().livemode,
                                           item.key,
                                           item.request_hash,
                                           201,
                                           item.reply_body,
                                           expires};
        values.insert(values.end(), std::begin(row), std::end(row));
    }
    call.session().insert_rows(sql::idempotency_insert_many, columns, values);
}

}  // namespace crane::app
