#include "shared/app/master_key.h"

#include <stdexcept>

#include "shared/base/config.h"
#include "shared/base/secret_box.h"

namespace crane::app {

const Digest& master_key() {
    static const Digest key = [] {
        const auto path = config_value("CRANE_MASTER_KEY_FILE");
        if (path.empty()) throw std::runtime_error("the setting CRANE_MASTER_KEY_FILE is missing");
        return read_key_file(path);
    }();
    return key;
}

}  // namespace crane::app
