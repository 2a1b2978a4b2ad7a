// Ids: 16 bytes, time-ordered, not guessable from one another. On the wire
// "<prefix>_" and 25 characters of [0-9a-z] (base 36, which keeps the order).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace crane {

using IdBytes = std::array<std::uint8_t, 16>;

// Each noun's id is its own type, so that an account is never passed where a
// contact belongs. `Noun` has a `static constexpr std::string_view prefix`.
template <typename Noun>
struct Id {
    IdBytes bytes{};

    auto operator<=>(const Id&) const = default;
    bool operator==(const Id&) const = default;
};

struct OrganizationNoun {
    static constexpr std::string_view prefix = "org";
};
struct AccountNoun {
    static constexpr std::string_view prefix = "act";
};
struct TransactionNoun {
    static constexpr std::string_view prefix = "txn";
};
struct ApiKeyNoun {
    static constexpr std::string_view prefix = "key";
};
struct JobNoun {
    static constexpr std::string_view prefix = "job";
};
struct DraftNoun {
    static constexpr std::string_view prefix = "drf";
};
struct EventNoun {
    static constexpr std::string_view prefix = "evt";
};
struct ContactNoun {
    static constexpr std::string_view prefix = "con";
};
struct CategoryNoun {
    static constexpr std::string_view prefix = "cat";
};
struct WebhookNoun {
    static constexpr std::string_view prefix = "whk";
};
struct WebhookDeliveryNoun {
    static constexpr std::string_view prefix = "whd";
};
struct CreditPurchaseNoun {
    static constexpr std::string_view prefix = "pur";
};
struct CreditGrantNoun {
    static constexpr std::string_view prefix = "grt";
};

using OrganizationId = Id<OrganizationNoun>;
using AccountId = Id<AccountNoun>;
using TransactionId = Id<TransactionNoun>;
using ApiKeyId = Id<ApiKeyNoun>;
using JobId = Id<JobNoun>;
using DraftId = Id<DraftNoun>;
using EventId = Id<EventNoun>;
using ContactId = Id<ContactNoun>;
using CategoryId = Id<CategoryNoun>;
using WebhookId = Id<WebhookNoun>;
using WebhookDeliveryId = Id<WebhookDeliveryNoun>;
using CreditPurchaseId = Id<CreditPurchaseNoun>;
using CreditGrantId = Id<CreditGrantNoun>;

// 25 characters of base 36, most significant first, so text sorts as bytes do.
std::string encode_base36(const IdBytes& bytes);
// nullopt unless exactly 25 characters of [0-9a-z] that fit in 128 bits.
std::optional<IdBytes> decode_base36(std::string_view text);

// 48 bits of Unix milliseconds, 12 bits that count within this process and
// millisecond (so that ids of one process sort in the order of their making),
// 68 random bits. Beyond 4096 ids in a millisecond, or when the clock steps
// back, the time part runs ahead of the clock. Any thread may call, also in a
// forked child; never repeats.
IdBytes make_id_bytes();

// No id that was made at this moment (Unix milliseconds) or later is less.
IdBytes least_id_at(std::int64_t unix_milliseconds);

template <typename Noun>
Id<Noun> make_id() {
    return {make_id_bytes()};
}

// "<prefix>_" and the 25 characters, in one allocation.
std::string id_text(std::string_view prefix, const IdBytes& bytes);

template <typename Noun>
std::string to_text(const Id<Noun>& id) {
    return id_text(Noun::prefix, id.bytes);
}

// nullopt for another prefix or a malformed id; callers answer as if absent.
template <typename Noun>
std::optional<Id<Noun>> parse_id(std::string_view text) {
    const auto prefix = Noun::prefix;
    if (text.size() != prefix.size() + 26 || !text.starts_with(prefix) || text[prefix.size()] != '_') {
        return std::nullopt;
    }
    const auto bytes = decode_base36(text.substr(prefix.size() + 1));
    if (!bytes) return std::nullopt;
    return Id<Noun>{*bytes};
}

}  // namespace crane

template <typename Noun>
struct std::hash<crane::Id<Noun>> {
    std::size_t operator()(const crane::Id<Noun>& id) const noexcept {
        std::size_t low = 0;  // the random end of the id spreads best
        std::memcpy(&low, id.bytes.data() + 8, sizeof(low));
        return low;
    }
};
