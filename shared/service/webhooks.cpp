#include "shared/service/webhooks.h"
#include "shared/base/base64.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "shared/base/error.h"
#include "shared/base/random.h"
#include "shared/base/secret_box.h"
#include "shared/json/json.h"
#include "shared/service/settings.h"
#include "shared/store/queries.h"

namespace crane::service::webhooks {
namespace {

constexpr std::string_view secret_prefix = "whsec_";

std::string event_types_json(const std::vector<std::string>& event_types) {
    auto list = json::Value::array();
    for (const auto& type : event_types) list.push(json::Value::string(type));
    return list.dump();
}

std::vector<std::string> parse_event_types(const std::string& text) {
    std::vector<std::string> event_types;
    const auto document = json::parse(text);
    document.root().for_each([&](json::View type) { event_types.emplace_back(type.text()); });
    return event_types;
}

bool is_word(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

Digest key_of(const WebhookId& id, const Digest& key) {
    return derive_key(key, "webhook secret " + to_text(id));
}

std::string unseal_secret(const std::string& sealed, const WebhookId& id, const Digest& key) {
    auto secret = unseal(sealed, key_of(id, key));
    if (!secret) {
        throw std::runtime_error("the secret of " + to_text(id) + " was sealed under another key");
    }
    return std::move(*secret);
}

}  // namespace

void WebhookRow::enable() {
    status = "active";
    disabled_reason.clear();
    disabled_at.reset();
}

void WebhookRow::disable(std::string reason, Timestamp at) {
    if (!is_active()) return;
    status = "disabled";
    disabled_reason = std::move(reason);
    disabled_at = at;
}

const store::ListDefinition& list_definition() {
    static const store::ListDefinition definition{
        .query = sql::webhooks_list,
        .id_column = "w.id",
        .id_prefix = WebhookNoun::prefix,
        .sorts = {{"created_at", "w.id"}},
        .filters = {{"url", "w.url"},
                    {.name = "status", .column = "w.status", .choices = {"active", "disabled"}},
                    {"created_at", "w.created_at", store::FieldType::timestamp, true}},
        .search_columns = {"w.url", "w.description"},
    };
    return definition;
}

WebhookRow read(store::Rows& rows) {
    WebhookRow row;
    row.id = rows.id<WebhookNoun>();
    row.url = rows.text();
    row.description = rows.text();
    row.event_types = parse_event_types(rows.text());
    row.status = rows.text();
    row.disabled_reason = rows.text();
    row.disabled_at = rows.optional_timestamp();
    row.sealed_secret = rows.text();
    row.sealed_previous_secret = rows.text();
    row.previous_secret_expires_at = rows.optional_timestamp();
    row.created_at = rows.timestamp();
    row.updated_at = rows.timestamp();
    return row;
}

std::optional<WebhookRow> get(store::Session& session, std::uint32_t books_id, const WebhookId& id) {
    auto rows = session.query(sql::webhooks_get, {books_id, id});
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

std::optional<WebhookRow> lock(store::Session& session, std::uint32_t books_id, const WebhookId& id) {
    const bool is_there = session.query(sql::webhooks_lock, {books_id, id}).next();
    return is_there ? get(session, books_id, id) : std::nullopt;
}

void insert(store::Session& session, std::uint32_t books_id, const WebhookRow& row) {
    {
        auto rows = session.query(sql::webhooks_count, {books_id});
        rows.next();
        if (rows.integer() >= most_webhooks) {
            throw Error(ErrorCode::invalid_state, "There are " + std::to_string(most_webhooks) +
                                                      " webhooks already; delete one that is not needed.");
        }
    }
    session.execute(sql::webhooks_insert,
                    {books_id, row.id, row.url, row.description, event_types_json(row.event_types),
                     row.status, row.sealed_secret, row.created_at, row.updated_at});
}

void update(store::Session& session, std::uint32_t books_id, const WebhookRow& row) {
    session.execute(sql::webhooks_update,
                    {row.url, row.description, event_types_json(row.event_types), row.status,
                     row.disabled_reason, row.disabled_at, row.sealed_secret, row.sealed_previous_secret,
                     row.previous_secret_expires_at, row.updated_at, books_id, row.id});
}

void remove(store::Session& session, std::uint32_t books_id, const WebhookId& id, Timestamp at) {
    session.execute(sql::webhooks_delete, {at, books_id, id});
}

void drop_deleted(store::Session& session, Timestamp before) {
    session.execute(sql::webhooks_drop_deleted, {before});
}

bool is_event_pattern(std::string_view text) {
    if (text == "*") return true;
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || text.size() > 64) return false;
    const auto what = text.substr(dot + 1);
    return is_word(text.substr(0, dot)) && (what == "*" || is_word(what));
}

bool wants(std::span<const std::string> patterns, std::string_view event_type) {
    return std::ranges::any_of(patterns, [&](std::string_view pattern) {
        if (!pattern.ends_with('*')) return pattern == event_type;
        return event_type.starts_with(pattern.substr(0, pattern.size() - 1));
    });
}

std::vector<Listener> listening(store::Session& session, std::uint32_t books_id) {
    std::vector<Listener> listeners;
    auto rows = session.query(sql::webhooks_listening, {books_id});
    while (rows.next()) {
        Listener listener;
        listener.id = rows.id<WebhookNoun>();
        listener.event_types = parse_event_types(rows.text());
        listener.created_at = rows.timestamp();
        listeners.push_back(std::move(listener));
    }
    return listeners;
}

bool may_be_private(store::Session& session, const OrganizationId& organization_id) {
    return settings::live_value(session, organization_id, "webhooks.allow_private_targets") == "true";
}

std::string refusal_of(const std::optional<WebAddress>& address, bool may_be_private) {
    if (!address) return "must be an https address: a host name, no user name in it and no fragment";
    if (may_be_private) return {};
    if (!address->is_encrypted) return "must begin with https://";
    if (is_private_host(*address)) return "leads to a private or local address, which is not called";
    return {};
}

std::string make_secret() {
    std::array<std::uint8_t, 32> bytes{};
    fill_random(bytes);
    return std::string(secret_prefix) +
           encode_base64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string seal_secret(const std::string& secret, const WebhookId& id, const Digest& key) {
    return seal(secret, key_of(id, key));
}

std::vector<std::string> secrets_at(const WebhookRow& row, const Digest& key, Timestamp at) {
    std::vector<std::string> secrets{unseal_secret(row.sealed_secret, row.id, key)};
    const bool has_previous =
        !row.sealed_previous_secret.empty() && row.previous_secret_expires_at.value_or(at) > at;
    if (has_previous) secrets.push_back(unseal_secret(row.sealed_previous_secret, row.id, key));
    return secrets;
}

std::string signature(std::span<const std::string> secrets, std::string_view message_id,
                      std::int64_t unix_seconds, std::string_view body) {
    const auto signed_text =
        std::string(message_id) + "." + std::to_string(unix_seconds) + "." + std::string(body);
    std::string header;
    for (const std::string_view secret : secrets) {
        const auto key = decode_base64(secret.substr(secret_prefix.size()));
        if (!key) throw std::runtime_error("a webhook's secret is not base64");
        if (!header.empty()) header += ' ';
        header += "v1," + encode_base64(as_view(hmac_sha256(*key, signed_text)));
    }
    return header;
}

}  // namespace crane::service::webhooks
