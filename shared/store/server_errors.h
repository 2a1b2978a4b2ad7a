// What the server's error numbers mean.
#pragma once

#include <string>

#include "shared/store/session.h"

namespace crane::store {

// `message` is the server's; the name of the constraint that refused is read from it.
StoreError error_of(int server_error, const std::string& message);

}  // namespace crane::store
