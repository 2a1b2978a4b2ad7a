// Webhooks and their deliveries on the wire.
#pragma once

#include "shared/app/operation.h"
#include "shared/service/webhook_deliveries.h"
#include "shared/service/webhooks.h"

namespace crane::events {

json::Value webhook_value(const service::Books& books, const service::webhooks::WebhookRow& webhook);
json::Value delivery_value(const service::Books& books,
                           const service::webhook_deliveries::DeliveryRow& delivery);

struct WebhookBody {
    json::Field<std::string> url;
    json::Field<std::string> description;
    json::Field<std::vector<std::string>> event_types;
    json::Field<std::string> status;
};
WebhookBody read_creation(json::Reader& reader, app::Call& call);
WebhookBody read_change(json::Reader& reader, app::Call& call);

struct RotationBody {
    json::Field<std::int64_t> overlap_seconds;
};
RotationBody read_rotation(json::Reader& reader, app::Call& call);

}  // namespace crane::events
