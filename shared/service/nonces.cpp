#include "shared/service/nonces.h"

#include "shared/store/queries.h"

namespace crane::service::nonces {

bool use(store::Session& session, const ApiKeyId& key_id, std::string_view nonce, Timestamp expires_at) {
    return session.execute(sql::nonces_use, {key_id, nonce, expires_at}) == 1;
}

bool drop_expired(store::Session& session, Timestamp at) {
    constexpr std::int64_t most_dropped = 1000;
    return session.execute(sql::nonces_sweep, {at, most_dropped}) == most_dropped;
}

}  // namespace crane::service::nonces
