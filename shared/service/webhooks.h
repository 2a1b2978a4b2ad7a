// Webhooks: who is told of which events, where, and signed with what.
//
// The row with status "deleted" stays until its deliveries are dropped; nothing
// here shows it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared/base/hash.h"
#include "shared/base/web_address.h"
#include "shared/service/scope.h"
#include "shared/store/list_query.h"

namespace crane::service::webhooks {

struct WebhookRow {
    WebhookId id;
    std::string url;
    std::string description;
    std::vector<std::string> event_types{"*"};
    std::string status = "active";  // active, disabled
    std::string disabled_reason;    // requested, gone, failing; empty while active
    std::optional<Timestamp> disabled_at;
    std::string sealed_secret;
    std::string sealed_previous_secret;  // empty: none
    std::optional<Timestamp> previous_secret_expires_at;
    Timestamp created_at;
    Timestamp updated_at;

    bool is_active() const { return status == "active"; }
    void enable();
    void disable(std::string reason, Timestamp at);
};

constexpr std::int64_t most_webhooks = 50;  // of one set of books
constexpr std::string_view test_event_type = "webhook.test";

const store::ListDefinition& list_definition();
WebhookRow read(store::Rows& rows);
std::optional<WebhookRow> get(store::Session& session, std::uint32_t books_id, const WebhookId& id);
// Held until the session ends.
std::optional<WebhookRow> lock(store::Session& session, std::uint32_t books_id, const WebhookId& id);
// Throws Error{invalid_state} when the books have most_webhooks.
void insert(store::Session& session, std::uint32_t books_id, const WebhookRow& row);
void update(store::Session& session, std::uint32_t books_id, const WebhookRow& row);
void remove(store::Session& session, std::uint32_t books_id, const WebhookId& id, Timestamp at);
// Rows of what was deleted before, once they have no deliveries.
void drop_deleted(store::Session& session, Timestamp before);

// "*", "transaction.*" or "transaction.posted".
bool is_event_pattern(std::string_view text);
bool wants(std::span<const std::string> patterns, std::string_view event_type);
struct Listener {
    WebhookId id;
    std::vector<std::string> event_types;
    Timestamp created_at;
};
std::vector<Listener> listening(store::Session& session, std::uint32_t books_id);

// Whether the operator lets the organization's webhooks lead into private
// networks, and over plain http.
bool may_be_private(store::Session& session, const OrganizationId& organization_id);
// Why the address is not one to call; empty if it is.
std::string refusal_of(const std::optional<WebAddress>& address, bool may_be_private);

// "whsec_" and the base64 of 32 random bytes (Standard Webhooks).
std::string make_secret();
// `key` is the installation's; each webhook's secret opens for that webhook only.
std::string seal_secret(const std::string& secret, const WebhookId& id, const Digest& key);
// The secrets that sign at a moment, the newest first; throws std::runtime_error
// when they were sealed under another key.
std::vector<std::string> secrets_at(const WebhookRow& row, const Digest& key, Timestamp at);
// The value of webhook-signature: "v1,…", one for each secret.
std::string signature(std::span<const std::string> secrets, std::string_view message_id,
                      std::int64_t unix_seconds, std::string_view body);

}  // namespace crane::service::webhooks
