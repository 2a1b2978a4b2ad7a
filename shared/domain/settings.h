// The settings that an organization has: one table names them all, with what
// each may be.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace crane::domain {

// What a value must be; decides its type in JSON too.
enum class SettingRule : std::uint8_t {
    line,      // a text of one line, least to most characters
    text,      // a text of several lines
    whole,     // a whole number from least to most
    choice,    // one of choices
    flag,      // true or false
    locale,    // a language tag such as en-US
    picture,   // a PNG in base64, of most bytes
    currency,  // the code of a currency
    account,   // the id of an active account whose type is one of choices
};

enum class SettingWriter : std::uint8_t {
    key,            // of the organization; each of its two sets of books has a value of its own
    operator_only,  // of the installation; one value for both sets of books
};

struct SettingKind {
    std::string_view key;
    SettingRule rule = SettingRule::line;
    std::string_view description;
    // As stored. Empty: none, or it depends on the organization (a currency's is
    // the base currency, an account's the one that the starting chart gave the role).
    std::string_view default_value = {};
    std::int64_t least = 0;
    std::int64_t most = 0;
    std::array<std::string_view, 2> choices = {};  // the second may be empty
    SettingWriter writer = SettingWriter::key;

    std::string_view data_type() const;  // string, number, boolean
    bool is_operator_only() const { return writer == SettingWriter::operator_only; }
};

// In the order of lists: by key.
std::span<const SettingKind> setting_kinds();
// nullptr for a key that there is not.
const SettingKind* find_setting(std::string_view key);

// What is wrong with a value as it would be stored, as far as the value alone
// tells; nullopt when nothing is. Accounts and currencies are looked up elsewhere.
std::optional<std::string> setting_fault(const SettingKind& kind, std::string_view value);

}  // namespace crane::domain
