// An API key on the wire; its secrets are added by whoever has just made them.
#pragma once

#include "shared/json/json.h"
#include "shared/service/api_keys.h"

namespace crane::app {

json::Value api_key_value(const service::api_keys::ApiKeyRow& key, Timestamp at);

}  // namespace crane::app
