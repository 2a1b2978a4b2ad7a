// Rows of the words and the metadata by which resources are found. Written by service/search alone.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/id.h"
#include "shared/store/list_query.h"
#include "shared/store/session.h"

namespace crane::store::search {

// What one resource is found by.
struct Row {
    IdBytes entity_id;
    std::vector<std::string> words;  // sorted, each once
    std::vector<std::pair<std::string, std::string>> metadata;
};

// None of the resources may have rows yet.
void insert(Session& session, std::uint32_t books_id, std::string_view object, std::span<const Row> rows);
void remove(Session& session, std::uint32_t books_id, std::string_view object, const IdBytes& entity_id);

// Conditions of lists: a word of the resource begins with `word`; its metadata has `value` under `name`.
Condition has_word(std::string_view object, const std::string& word);
Condition has_metadata(std::string_view object, std::string_view name, std::string_view value);

// How far the words of what was there before them have been written.
struct Progress {
    std::uint32_t books_id = 0;
    IdBytes entity_id{};
};
Progress lock_progress(Session& session, std::string_view object);
void set_progress(Session& session, std::string_view object, const Progress& progress);

}  // namespace crane::store::search
