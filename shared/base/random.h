// Unpredictable bytes (the kernel's generator, by libsodium). Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace crane {

// Readies libsodium once; every function here and in hash.h does so by itself.
// Throws std::runtime_error if the machine offers no randomness.
void ready_sodium();

void fill_random(std::span<std::uint8_t> bytes);

// `length` characters of [0-9A-Za-z], each equally likely.
std::string random_base62(std::size_t length);

// A number in [0, bound), for jitter; bound > 0.
std::uint32_t random_below(std::uint32_t bound);

}  // namespace crane
