// What a program holds open: pools of database sessions and the way to Redis.
#pragma once

#include <utility>

#include "shared/base/config.h"
#include "shared/redis/redis.h"
#include "shared/store/session.h"

namespace crane::app {

struct Stores {
    explicit Stores(Config its_config)
        : config(std::move(its_config)),
          readers(config, store::SessionKind::read, static_cast<std::size_t>(config.threads)),
          writers(config, store::SessionKind::write, static_cast<std::size_t>(config.threads)) {}

    Config config;
    store::SessionPool readers;
    store::SessionPool writers;

    // The calling thread's connection.
    redis::Client& redis() const { return redis::thread_client(config.redis_socket); }
};

}  // namespace crane::app
