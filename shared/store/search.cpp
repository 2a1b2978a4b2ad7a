#include "shared/store/search.h"

#include <algorithm>
#include <tuple>

#include "shared/base/hash.h"
#include "shared/base/text.h"
#include "shared/store/queries.h"

namespace crane::store::search {
namespace {

constexpr std::size_t pair_bytes = 16;
constexpr std::size_t columns = 4;

// Names hold no NUL, so no two pairs are joined alike.
std::string pair_of(std::string_view name, std::string_view value) {
    const auto digest = sha256(std::string(name) + '\0' + std::string(value));
    return std::string(as_view(digest).substr(0, pair_bytes));
}

// Parted and framed by blanks: a word begins after a blank.
std::string framed(const std::vector<std::string>& words) {
    std::string text = " ";
    for (const auto& word : words) text += word + " ";
    return text;
}

// In the order of the index: neighbours there are written one after the other.
using Key = std::pair<std::string, const IdBytes*>;
void insert_keys(Session& session, const Query& query, std::uint32_t books_id, std::string_view object,
                 std::vector<Key>& keys) {
    std::ranges::sort(keys, [](const Key& a, const Key& b) {
        return std::tie(a.first, *a.second) < std::tie(b.first, *b.second);
    });
    Values values;
    values.reserve(keys.size() * columns);
    for (const auto& [key, id] : keys) {
        const Value content[columns] = {books_id, object, std::string_view(key), *id};
        values.insert(values.end(), std::begin(content), std::end(content));
    }
    session.insert_rows(query, columns, values);
}

}  // namespace

void insert(Session& session, std::uint32_t books_id, std::string_view object, std::span<const Row> rows) {
    Values texts;
    std::vector<Key> words;
    std::vector<Key> pairs;
    for (const auto& row : rows) {
        if (!row.words.empty()) {
            const Value content[columns] = {books_id, object, row.entity_id, framed(row.words)};
            texts.insert(texts.end(), std::begin(content), std::end(content));
        }
        for (const auto& word : row.words) words.emplace_back(word, &row.entity_id);
        for (const auto& [name, value] : row.metadata)
            pairs.emplace_back(pair_of(name, value), &row.entity_id);
    }
    session.insert_rows(sql::search_insert_texts, columns, texts);
    insert_keys(session, sql::search_insert_words, books_id, object, words);
    insert_keys(session, sql::search_insert_metadata, books_id, object, pairs);
}

void remove(Session& session, std::uint32_t books_id, std::string_view object, const IdBytes& entity_id) {
    std::string text;
    {
        auto rows = session.query(sql::search_words_of, {books_id, object, entity_id});
        if (rows.next()) text = rows.text();
    }
    if (!text.empty()) {
        Values words;
        for (const auto word : split(trim(text), ' ')) words.emplace_back(word);
        const Values before{books_id, object, entity_id};
        session.execute_list(sql::search_delete_words, before, words);
        session.execute(sql::search_delete_text, {books_id, object, entity_id});
    }
    session.execute(sql::search_delete_metadata, {books_id, object, entity_id});
}

Condition has_word(std::string_view object, const std::string& word) {
    static const Membership membership{sql::search_with_word, sql::search_texts_with_word, "x.entity_id"};
    Condition condition;
    condition.comparison = "member";
    condition.membership = &membership;
    // Words are letters, digits and marks: no sign of a pattern is among them.
    condition.values = {object, word + "%"};
    condition.probe_values = {object, "% " + word + "%"};
    return condition;
}

Condition has_metadata(std::string_view object, std::string_view name, std::string_view value) {
    static const Membership membership{sql::search_with_metadata, sql::search_with_metadata, "m.entity_id"};
    Condition condition;
    condition.comparison = "member";
    condition.membership = &membership;
    condition.values = {object, pair_of(name, value)};
    condition.probe_values = condition.values;
    return condition;
}

Progress lock_progress(Session& session, std::string_view object) {
    auto rows = session.query(sql::search_lock_progress, {object});
    Progress progress;
    if (rows.next()) {
        progress.books_id = static_cast<std::uint32_t>(rows.integer());
        progress.entity_id = rows.id_bytes();
    }
    return progress;
}

void set_progress(Session& session, std::string_view object, const Progress& progress) {
    session.execute(sql::search_set_progress, {progress.books_id, progress.entity_id, object});
}

}  // namespace crane::store::search
