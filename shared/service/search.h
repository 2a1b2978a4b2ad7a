// By what resources are found: the words that `q` looks for, and their metadata. Each use case that writes a
// resource tells it here, within its own session, so that a list never shows less than what was answered.
//
// A noun becomes findable by one function below, a call where its rows are written, and `.search_object` in
// its list.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "shared/domain/transaction.h"
#include "shared/store/accounts.h"
#include "shared/store/session.h"

namespace crane::service::search {

// Looks at its row, which must live as long.
struct Findable {
    IdBytes id;
    std::vector<std::string_view> texts;
    std::string_view metadata;  // JSON
};

// What q searches of each noun.
inline Findable findable(const store::AccountRow& row) {
    return {row.id.bytes, {row.name, row.code, row.description}, row.metadata};
}
inline Findable findable(const domain::Transaction& row) {
    return {row.id.bytes, {row.description, row.reference_number}, row.metadata};
}

constexpr std::string_view account = "account";
constexpr std::string_view transaction = "transaction";

// New ones.
void add(store::Session& session, std::uint32_t books_id, std::string_view object,
         std::span<const Findable> added);
template <typename Row>
void add_rows(store::Session& session, std::uint32_t books_id, std::string_view object,
              std::span<const Row> rows) {
    std::vector<Findable> added;
    added.reserve(rows.size());
    for (const auto& row : rows) added.push_back(findable(row));
    add(session, books_id, object, added);
}
void change(store::Session& session, std::uint32_t books_id, std::string_view object,
            const Findable& changed);
void remove(store::Session& session, std::uint32_t books_id, std::string_view object, const IdBytes& id);

// Adds the next resources that were there before their words were kept, in the caller's session, which is to
// be committed then; false when there are none left. Starts again where the last commit left off.
bool add_earlier(store::Session& session, std::string_view object);

}  // namespace crane::service::search
