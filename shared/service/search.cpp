#include "shared/service/search.h"

#include <limits>
#include <map>
#include <stdexcept>
#include <string>

#include "shared/domain/words.h"
#include "shared/json/json.h"
#include "shared/store/queries.h"
#include "shared/store/search.h"

namespace crane::service::search {
namespace {

store::search::Row row_of(const Findable& findable) {
    store::search::Row row{findable.id, domain::words_of(findable.texts), {}};
    if (findable.metadata.size() > 2) {  // more than {}
        const auto document = json::parse(findable.metadata);
        document.root().for_each(
            [&](json::View entry) { row.metadata.emplace_back(entry.name(), entry.text()); });
    }
    return row;
}

}  // namespace

void add(store::Session& session, std::uint32_t books_id, std::string_view object,
         std::span<const Findable> added) {
    std::vector<store::search::Row> rows;
    rows.reserve(added.size());
    for (const auto& findable : added) rows.push_back(row_of(findable));
    store::search::insert(session, books_id, object, rows);
}

void change(store::Session& session, std::uint32_t books_id, std::string_view object,
            const Findable& changed) {
    store::search::remove(session, books_id, object, changed.id);
    add(session, books_id, object, std::span(&changed, 1));
}

void remove(store::Session& session, std::uint32_t books_id, std::string_view object, const IdBytes& id) {
    store::search::remove(session, books_id, object, id);
}

namespace {

constexpr std::uint32_t beyond_all_books = std::numeric_limits<std::uint32_t>::max();

struct EarlierNoun {
    const store::Query& query;  // books_id, id, metadata, then its texts
    std::size_t text_count;
};

const EarlierNoun& noun_of(std::string_view object) {
    static const std::map<std::string_view, EarlierNoun> nouns{
        {account, {sql::search_accounts_after, 3}}, {transaction, {sql::search_transactions_after, 2}}};
    const auto found = nouns.find(object);
    if (found == nouns.end()) throw std::logic_error("nothing is known of earlier " + std::string(object));
    return found->second;
}

struct EarlierRow {
    IdBytes id;
    std::string metadata;
    std::vector<std::string> texts;
};
using EarlierRows = std::map<std::uint32_t, std::vector<EarlierRow>>;  // by set of books

EarlierRows read_earlier(store::Session& session, const EarlierNoun& noun,
                         const store::search::Progress& progress) {
    EarlierRows found;
    auto rows = session.query(noun.query, {progress.books_id, progress.entity_id, progress.books_id});
    while (rows.next()) {
        const auto books_id = static_cast<std::uint32_t>(rows.integer());
        EarlierRow row;
        row.id = rows.id_bytes();
        row.metadata = rows.text();
        for (std::size_t i = 0; i < noun.text_count; ++i) row.texts.push_back(rows.text());
        found[books_id].push_back(std::move(row));
    }
    return found;
}

}  // namespace

bool add_earlier(store::Session& session, std::string_view object) {
    const auto progress = store::search::lock_progress(session, object);
    if (progress.books_id == beyond_all_books) return false;
    const auto found = read_earlier(session, noun_of(object), progress);
    for (const auto& [books_id, rows] : found) {
        std::vector<Findable> added;
        for (const auto& row : rows)
            added.push_back({row.id, {row.texts.begin(), row.texts.end()}, row.metadata});
        add(session, books_id, object, added);
    }
    if (found.empty()) {
        store::search::set_progress(session, object, {beyond_all_books, {}});
    } else {
        store::search::set_progress(session, object,
                                    {found.rbegin()->first, found.rbegin()->second.back().id});
    }
    return true;
}

}  // namespace crane::service::search
