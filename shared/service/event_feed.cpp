#include "shared/service/event_feed.h"

#include <algorithm>

#include "shared/store/queries.h"

namespace crane::service::event_feed {
namespace {

std::string words_of(std::string_view name) {
    std::string words(name);
    std::ranges::replace(words, '_', ' ');
    return words;
}

std::string title_of(std::string_view entity_type) {
    if (entity_type == "api_key") return "API key";
    auto words = words_of(entity_type);
    if (!words.empty() && words[0] >= 'a' && words[0] <= 'z')
        words[0] = static_cast<char>(words[0] - 'a' + 'A');
    return words;
}

}  // namespace

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::events_list,
        .id_column = "e.id",
        .id_prefix = EventNoun::prefix,
        .sorts = {{"created_at", "e.created_at", "events_by_created_at"}},
        .filters =
            {{.name = "entity_type",
              .column = "e.entity_type",
              .index = {"events_by_entity_type", "e.created_at"}},
             {.name = "entity_id", .column = "e.entity_id", .index = {"events_by_entity", "e.created_at"}},
             {.name = "event_type",
              .column = "e.event_type",
              .index = {"events_by_event_type", "e.created_at"}},
             {.name = "api_key_id",
              .column = "e.api_key_id",
              .type = store::FieldType::id,
              .id_prefix = ApiKeyNoun::prefix,
              .index = {"events_by_api_key", "e.created_at"}},
             {.name = "request_id", .column = "e.request_id", .index = {"events_by_request", "e.created_at"}},
             {"created_at", "e.created_at", store::FieldType::timestamp, true}},
    };
    return definition;
}

const store::ListDefinition& feed_definition() {
    static const store::ListDefinition definition = [] {
        auto feed = list_definition();
        feed.sorts = {{"sequence", "e.sequence", "events_by_sequence"}};
        feed.is_default_descending = false;
        return feed;
    }();
    return definition;
}

store::Condition after(std::int64_t sequence) {
    return {"e.sequence", ">", {sequence}};
}

EventRow read(store::Rows& rows) {
    EventRow row;
    row.id = rows.id<EventNoun>();
    row.sequence = rows.integer();
    row.entity_type = rows.text();
    row.entity_id = rows.text();
    row.event_type = rows.text();
    row.api_key_id = rows.optional_id<ApiKeyNoun>();
    row.ip_address = rows.text();
    row.user_agent = rows.text();
    row.request_id = rows.text();
    row.metadata = rows.text();
    row.created_at = rows.timestamp();
    return row;
}

std::optional<EventRow> get(store::Session& session, std::uint32_t books_id, const EventId& id) {
    auto rows = session.query(sql::events_get, {books_id, id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

std::string describe(const EventRow& event, const std::vector<std::string>& changed) {
    const auto what = std::string_view(event.event_type).substr(event.event_type.find('.') + 1);
    auto text = title_of(event.entity_type) + " " + words_of(what);
    for (std::size_t i = 0; i < changed.size(); ++i) text += (i == 0 ? ": " : ", ") + changed[i];
    return text;
}

}  // namespace crane::service::event_feed
