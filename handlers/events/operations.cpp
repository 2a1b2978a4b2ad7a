#include "handlers/events/operations.h"

#include "handlers/events/json.h"
#include "shared/app/event_bell.h"
#include "shared/app/execution.h"
#include "shared/app/master_key.h"

namespace crane::events {
namespace {

namespace webhooks = service::webhooks;
namespace deliveries = service::webhook_deliveries;

constexpr std::int64_t default_overlap_seconds = 86'400;

WebhookId id_in_path(const app::Call& call) {
    return call.path_id<WebhookNoun>("webhook_id");
}

webhooks::WebhookRow locked(app::Call& call) {
    auto webhook = webhooks::lock(call.session(), call.books().books_id, id_in_path(call));
    if (!webhook) app::Call::throw_not_found();
    return std::move(*webhook);
}

webhooks::WebhookRow locked_active(app::Call& call) {
    auto webhook = locked(call);
    if (!webhook.is_active())
        throw Error(ErrorCode::invalid_state, "This webhook is disabled; set its status to active first.");
    return webhook;
}

void apply(const WebhookBody& body, webhooks::WebhookRow& webhook, Timestamp at) {
    if (body.url.has_value()) webhook.url = *body.url.content;
    if (body.description.is_given) webhook.description = body.description.content.value_or("");
    if (body.event_types.has_value()) webhook.event_types = *body.event_types.content;
    if (body.status.content == "active") webhook.enable();
    if (body.status.content == "disabled") webhook.disable("requested", at);
}

void note(app::Call& call, const WebhookId& id, const char* event_type) {
    call.scope.note("webhook", to_text(id), event_type);
}

json::Value create(app::Call& call, WebhookBody& body) {
    webhooks::WebhookRow webhook;
    webhook.id = call.new_id<WebhookNoun>();
    apply(body, webhook, call.scope.at);
    const auto secret = webhooks::make_secret();
    webhook.sealed_secret = webhooks::seal_secret(secret, webhook.id, app::master_key());
    webhook.created_at = webhook.updated_at = call.scope.at;
    webhooks::insert(call.session(), call.books().books_id, webhook);
    note(call, webhook.id, "webhook.created");
    auto value = webhook_value(call.books(), webhook);
    call.resource_text = value.dump();
    value.set("secret", secret);
    return value;
}

json::Value update(app::Call& call, WebhookBody& body) {
    auto webhook = locked(call);
    apply(body, webhook, call.scope.at);
    webhook.updated_at = call.scope.at;
    webhooks::update(call.session(), call.books().books_id, webhook);
    note(call, webhook.id, "webhook.updated");
    return webhook_value(call.books(), webhook);
}

json::Value remove(app::Call& call, void*) {
    const auto webhook = locked(call);
    webhooks::remove(call.session(), call.books().books_id, webhook.id, call.scope.at);
    note(call, webhook.id, "webhook.deleted");
    return json::Value::null();
}

json::Value rotate(app::Call& call, RotationBody& body) {
    auto webhook = locked(call);
    const auto overlap = body.overlap_seconds.content.value_or(default_overlap_seconds);
    const auto secret = webhooks::make_secret();
    webhook.sealed_previous_secret = overlap > 0 ? webhook.sealed_secret : "";
    webhook.previous_secret_expires_at.reset();
    if (overlap > 0)
        webhook.previous_secret_expires_at = Timestamp{call.scope.at.microseconds + overlap * 1'000'000};
    webhook.sealed_secret = webhooks::seal_secret(secret, webhook.id, app::master_key());
    webhook.updated_at = call.scope.at;
    webhooks::update(call.session(), call.books().books_id, webhook);
    note(call, webhook.id, "webhook.secret_rotated");
    auto value = webhook_value(call.books(), webhook);
    call.resource_text = value.dump();
    value.set("secret", secret);
    return value;
}

// An event that goes to this webhook only, whichever types it wants.
json::Value test(app::Call& call, void*) {
    const auto webhook = locked_active(call);
    const auto event_id = make_id<EventNoun>();
    note(call, webhook.id, webhooks::test_event_type.data());
    call.scope.events.back().id = event_id;
    const deliveries::NewDelivery delivery{webhook.id, event_id, std::string(webhooks::test_event_type)};
    const auto books_id = call.books().books_id;
    deliveries::insert(call.session(), books_id, {delivery}, call.scope.at);
    return delivery_value(call.books(), *deliveries::get(call.session(), books_id, webhook.id, delivery.id));
}

WebhookDeliveryId delivery_in_path(const app::Call& call) {
    return call.path_id<WebhookDeliveryNoun>("delivery_id");
}

json::Value send_again(app::Call& call, void*) {
    const auto webhook = locked_active(call);
    const auto delivery = deliveries::ask_again(call.session(), call.books().books_id, webhook.id,
                                                delivery_in_path(call), call.scope.at);
    note(call, webhook.id, "webhook.redelivery_requested");
    return delivery_value(call.books(), delivery);
}

json::Value current(app::Call& call) {
    return webhook_value(call.books(), locked(call));
}

json::Value current_delivery(app::Call& call) {
    const auto delivery =
        deliveries::get(call.session(), call.books().books_id, id_in_path(call), delivery_in_path(call));
    if (!delivery) app::Call::throw_not_found();
    return delivery_value(call.books(), *delivery);
}

void ring(app::Stores& stores, const app::CallInput&) {
    app::ring_for_deliveries(stores);
}

}  // namespace

const app::Operation create_webhook{
    .name = "webhooks.create",
    .permission = {"webhooks", "write"},
    .status = 201,
    .resource_object = "webhook",
    .resource_prefix = WebhookNoun::prefix,
    .has_secret_reply = true,
    .read = app::read_body<WebhookBody, read_creation>,
    .run = app::run_body<WebhookBody, create>,
};

const app::Operation update_webhook{
    .name = "webhooks.update",
    .permission = {"webhooks", "write"},
    .resource_object = "webhook",
    .read = app::read_body<WebhookBody, read_change>,
    .run = app::run_body<WebhookBody, update>,
    .current = current,
};

const app::Operation delete_webhook{
    .name = "webhooks.delete",
    .permission = {"webhooks", "delete"},
    .status = 204,
    .resource_object = "webhook",
    .run = remove,
    .current = current,
};

const app::Operation rotate_webhook_secret{
    .name = "webhooks.rotate_secret",
    .permission = {"webhooks", "write"},
    .resource_object = "webhook",
    .has_secret_reply = true,
    .read = app::read_body<RotationBody, read_rotation>,
    .is_body_optional = true,
    .run = app::run_body<RotationBody, rotate>,
    .current = current,
};

const app::Operation test_webhook{
    .name = "webhooks.test",
    .permission = {"webhooks", "write"},
    .resource_object = "webhook_delivery",
    .is_never_queued = true,
    .run = test,
    .current = current,
    .after_commit = ring,
};

const app::Operation redeliver{
    .name = "webhooks.redeliver",
    .permission = {"webhooks", "write"},
    .resource_object = "webhook_delivery",
    .is_never_queued = true,
    .run = send_again,
    .current = current_delivery,
    .after_commit = ring,
};

}  // namespace crane::events
