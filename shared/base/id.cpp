#include "shared/base/id.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>

#include "shared/base/clock.h"
#include "shared/base/random.h"

namespace crane {

namespace {

__extension__ using Word = unsigned __int128;

constexpr std::size_t text_size = 25;
constexpr std::size_t limb_digits = 12;
constexpr std::uint64_t limb = 4'738'381'338'321'616'896U;  // 36^12, the largest that fits 64 bits
constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view greatest_text = "f5lxx1zz5pnorynqglhzmsp33";  // 2^128 - 1

// 68 random bits take nine bytes. 28 times nine come in one call to the
// kernel, which gives up to 256 bytes without being interrupted.
constexpr std::size_t random_bytes_per_id = 9;

struct RandomStock {
    std::array<std::uint8_t, random_bytes_per_id * 28> bytes{};
    std::size_t used = std::tuple_size_v<decltype(bytes)>;
};

constinit thread_local RandomStock stock;

void refill_stock() {
    // A forked child begins with a copy of its parent's stock, and would make
    // its parent's ids: it throws the copy away. Only the thread that forked
    // lives on in the child, and the handler runs on it.
    [[maybe_unused]] static const int registered =
        pthread_atfork(nullptr, nullptr, [] { stock.used = stock.bytes.size(); });
    fill_random(stock.bytes);
    stock.used = 0;
}

const std::uint8_t* take_random_bytes() {
    if (stock.used == stock.bytes.size()) refill_stock();
    const std::uint8_t* taken = stock.bytes.data() + stock.used;
    stock.used += random_bytes_per_id;
    return taken;
}

// 48 bits of milliseconds and 12 bits of counter as one number that only grows:
// a full counter carries into the milliseconds, and a clock that steps back is
// outwaited. The order of one atomic is all that is needed, hence relaxed.
std::uint64_t next_tick() {
    static std::atomic<std::uint64_t> last{0};
    const auto milliseconds =
        static_cast<std::uint64_t>(std::max<std::int64_t>(now().microseconds, 0) / 1000);
    const std::uint64_t earliest = milliseconds << 12U;
    std::uint64_t previous = last.load(std::memory_order_relaxed);
    std::uint64_t tick = 0;
    do {
        tick = std::max(earliest, previous + 1);
    } while (!last.compare_exchange_weak(previous, tick, std::memory_order_relaxed));
    return tick;
}

void store_big_endian(std::uint8_t* at, std::uint64_t value) {
    for (int i = 7; i >= 0; --i) {
        at[i] = static_cast<std::uint8_t>(value);
        value >>= 8U;
    }
}

std::uint64_t load_big_endian(const std::uint8_t* at) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8U | at[i];
    return value;
}

void put_limb(char* at, std::uint64_t value) {
    for (std::size_t i = limb_digits; i-- > 0;) {
        at[i] = digits[value % 36];
        value /= 36;
    }
}

// Two wide divisions, the rest in 64 bits.
void put_base36(char* at, const IdBytes& bytes) {
    const Word value = Word{load_big_endian(bytes.data())} << 64U | load_big_endian(bytes.data() + 8);
    const Word upper = value / limb;
    at[0] = digits[static_cast<std::size_t>(upper / limb)];
    put_limb(at + 1, static_cast<std::uint64_t>(upper % limb));
    put_limb(at + 1 + limb_digits, static_cast<std::uint64_t>(value % limb));
}

bool is_base36(std::string_view text) {
    const auto fits = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
    return std::all_of(text.begin(), text.end(), fits);
}

std::uint64_t read_limb(std::string_view text) {
    std::uint64_t value = 0;
    for (const char c : text) {
        value = value * 36 + static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return value;
}

}  // namespace

std::string encode_base36(const IdBytes& bytes) {
    std::string text(text_size, '0');
    put_base36(text.data(), bytes);
    return text;
}

std::string id_text(std::string_view prefix, const IdBytes& bytes) {
    std::string text;
    text.reserve(prefix.size() + 1 + text_size);
    text.append(prefix).append(1 + text_size, '_');
    put_base36(text.data() + prefix.size() + 1, bytes);
    return text;
}

std::optional<IdBytes> decode_base36(std::string_view text) {
    // Text sorts as the numbers do, so the comparison finds what needs 129 bits.
    if (text.size() != text_size || !is_base36(text) || text > greatest_text) return std::nullopt;
    Word value = read_limb(text.substr(0, 1));
    value = value * limb + read_limb(text.substr(1, limb_digits));
    value = value * limb + read_limb(text.substr(1 + limb_digits));
    IdBytes bytes{};
    store_big_endian(bytes.data(), static_cast<std::uint64_t>(value >> 64U));
    store_big_endian(bytes.data() + 8, static_cast<std::uint64_t>(value));
    return bytes;
}

IdBytes make_id_bytes() {
    const std::uint8_t* random = take_random_bytes();
    IdBytes bytes{};
    store_big_endian(bytes.data(), next_tick() << 4U | (random[0] & 15U));
    std::copy_n(random + 1, 8, bytes.begin() + 8);
    return bytes;
}

IdBytes least_id_at(std::int64_t unix_milliseconds) {
    IdBytes bytes{};
    store_big_endian(bytes.data(), static_cast<std::uint64_t>(unix_milliseconds) << 16U);
    return bytes;
}

}  // namespace crane
