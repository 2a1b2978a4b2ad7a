// The writes of the family events: webhooks.
#pragma once

#include "shared/app/operation.h"

namespace crane::events {

extern const app::Operation create_webhook;
extern const app::Operation update_webhook;
extern const app::Operation delete_webhook;
extern const app::Operation rotate_webhook_secret;
extern const app::Operation test_webhook;
extern const app::Operation redeliver;

}  // namespace crane::events
