// Idempotency of a batch's items: each key once, whichever batch carries it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "shared/app/operation.h"
#include "shared/base/hash.h"

namespace crane::app {

struct StoredItem {
    Digest request_hash{};
    std::string reply_body;
};

struct NewItemKey {
    std::string key;
    Digest request_hash{};
    std::string reply_body;
};

// Those of `keys` that were used before.
std::map<std::string, StoredItem> find_item_keys(Call& call, const std::vector<std::string>& keys);
// Kept as long as any other key. Another session that stores one of them at
// the same moment makes one of the two sessions replay.
void store_item_keys(Call& call, const std::vector<NewItemKey>& keys);

}  // namespace crane::app
