// The installation's key, under which secrets are sealed that must be used again.
#pragma once

#include "shared/base/hash.h"

namespace crane::app {

// Read from CRANE_MASTER_KEY_FILE when it is needed first: most requests do not
// need it. Any thread. Throws std::runtime_error with a sentence.
const Digest& master_key();

}  // namespace crane::app
