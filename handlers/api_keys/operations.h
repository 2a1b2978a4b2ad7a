// The writes of the family api_keys.
#pragma once

#include "shared/app/operation.h"

namespace crane::api_keys {

extern const app::Operation create_api_key;
extern const app::Operation update_api_key;
extern const app::Operation rotate_api_key;
extern const app::Operation revoke_api_key;

}  // namespace crane::api_keys
