#include "shared/domain/settings.h"

#include <algorithm>
#include <charconv>

#include "shared/base/base64.h"
#include "shared/base/text.h"
#include "shared/domain/png.h"

namespace crane::domain {
namespace {

using enum SettingRule;

constexpr std::int64_t most_picture_bytes = std::int64_t{256} * 1024;
constexpr std::uint32_t most_picture_pixels = 4096;  // a side

// A role's account: its key, the types that fit, what it is for.
constexpr SettingKind role(std::string_view key, std::array<std::string_view, 2> types,
                           std::string_view description) {
    return {.key = key, .rule = account, .description = description, .choices = types};
}

constexpr auto kinds = std::to_array<SettingKind>({
    role("accounts.bank", {"asset", "liability"}, "The account of payments that name no other."),
    role("accounts.cash", {"asset"}, "The account of payments in cash."),
    role("accounts.cost_of_sales", {"expense"}, "What was sold cost this, unless a line says otherwise."),
    role("accounts.customer_credit", {"liability"}, "What customers have paid beyond their invoices."),
    role("accounts.fx_gain", {"revenue", "expense"}, "Gains by exchange rates."),
    role("accounts.fx_loss", {"expense", "revenue"}, "Losses by exchange rates."),
    role("accounts.opening_balances", {"equity"}, "The other side of balances brought forward."),
    role("accounts.payable", {"liability"}, "What is owed to vendors."),
    role("accounts.receivable", {"asset"}, "What customers owe."),
    role("accounts.retained_earnings", {"equity"}, "Where a closed fiscal year's result goes."),
    role("accounts.rounding", {"expense", "revenue"}, "Differences of rounding."),
    role("accounts.sales", {"revenue"}, "What is sold earns this, unless a line says otherwise."),
    role("accounts.tax_payable", {"liability"}, "Taxes on sales."),
    role("accounts.tax_receivable", {"asset"}, "Taxes on purchases that are paid back."),
    role("accounts.transit", {"asset", "liability"}, "Money on its way between two accounts."),
    role("accounts.vendor_credit", {"asset"}, "What vendors were paid beyond their bills."),
    {.key = "bill_number_prefix",
     .description = "What the numbers that are given to bills begin with.",
     .default_value = "BILL-",
     .most = 16},
    {.key = "bill_number_width",
     .rule = whole,
     .description = "To how many digits the numbers of bills are filled with zeros.",
     .default_value = "5",
     .least = 1,
     .most = 12},
    {.key = "credit_note_number_prefix",
     .description = "What the numbers of credit notes begin with.",
     .default_value = "CN-",
     .most = 16},
    {.key = "credit_note_number_width",
     .rule = whole,
     .description = "To how many digits the numbers of credit notes are filled with zeros.",
     .default_value = "5",
     .least = 1,
     .most = 12},
    {.key = "default_currency",
     .rule = currency,
     .description = "The code of the currency of documents that name none."},
    {.key = "invoice_number_prefix",
     .description = "What the numbers of invoices begin with.",
     .default_value = "INV-",
     .most = 16},
    {.key = "invoice_number_width",
     .rule = whole,
     .description = "To how many digits the numbers of invoices are filled with zeros.",
     .default_value = "5",
     .least = 1,
     .most = 12},
    {.key = "payment_terms_days",
     .rule = whole,
     .description = "Days from an invoice's date until it is due, unless it says otherwise.",
     .default_value = "30",
     .least = 0,
     .most = 3650},
    {.key = "pdf.footer", .rule = text, .description = "What stands at the foot of documents.", .most = 1000},
    {.key = "pdf.locale",
     .rule = locale,
     .description = "How documents write numbers and dates, as a language tag.",
     .default_value = "en-US"},
    {.key = "pdf.logo",
     .rule = picture,
     .description =
         "The picture at the head of documents: a PNG in base64, of at most 256 KiB and 4096 pixels a side.",
     .most = most_picture_bytes},
    {.key = "rounding",
     .rule = choice,
     .description = "Whether taxes are rounded for each line or once for a document.",
     .default_value = "line",
     .choices = {"line", "document"}},
    {.key = "webhooks.allow_private_targets",
     .rule = flag,
     .description =
         "Whether webhooks may go to private, loopback and link-local addresses and over plain HTTP.",
     .default_value = "false",
     .writer = SettingWriter::operator_only},
});

static_assert(std::ranges::is_sorted(kinds, {}, &SettingKind::key));

bool has_control_characters(std::string_view value, std::string_view allowed) {
    return std::ranges::any_of(value, [&](char c) {
        return (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) &&
               allowed.find(c) == std::string_view::npos;
    });
}

std::optional<std::string> fault_of_characters(const SettingKind& kind, std::string_view value) {
    const auto length = static_cast<std::int64_t>(count_characters(value));
    if (length < kind.least || length > kind.most) {
        return "has " + std::to_string(length) + " characters; at most " + std::to_string(kind.most) +
               " are allowed";
    }
    if (has_control_characters(value, kind.rule == text ? "\n" : "")) {
        return "must not hold control characters";
    }
    return std::nullopt;
}

std::optional<std::string> fault_of_number(const SettingKind& kind, std::string_view value) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool is_whole = error == std::errc() && end == value.data() + value.size();
    if (is_whole && number >= kind.least && number <= kind.most) return std::nullopt;
    return "must be a whole number from " + std::to_string(kind.least) + " to " + std::to_string(kind.most);
}

// A language, perhaps a script, perhaps a region (RFC 5646), in the usual case.
bool is_locale(std::string_view value) {
    constexpr auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    constexpr auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    constexpr auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto parts = split(value, '-');
    std::size_t next = 1;
    const auto& language = parts[0];
    if (language.size() < 2 || language.size() > 3 || !std::ranges::all_of(language, lower)) return false;
    if (next < parts.size() && parts[next].size() == 4) {
        if (!upper(parts[next][0]) || !std::ranges::all_of(parts[next].substr(1), lower)) return false;
        ++next;
    }
    if (next < parts.size()) {
        const auto& region = parts[next];
        const bool is_country = region.size() == 2 && std::ranges::all_of(region, upper);
        if (!is_country && !(region.size() == 3 && std::ranges::all_of(region, digit))) return false;
        ++next;
    }
    return next == parts.size();
}

std::optional<std::string> fault_of_picture(const SettingKind& kind, std::string_view value) {
    const auto bytes = decode_base64(value);
    if (!bytes) return "must be base64 with its padding, without spaces or line breaks";
    if (static_cast<std::int64_t>(bytes->size()) > kind.most) {
        return "has " + std::to_string(bytes->size()) + " bytes; at most " + std::to_string(kind.most) +
               " are allowed";
    }
    const auto size = png_size(*bytes);
    if (!size) return "must be a PNG";
    if (size->width > most_picture_pixels || size->height > most_picture_pixels) {
        return "is " + std::to_string(size->width) + " by " + std::to_string(size->height) +
               " pixels; at most 4096 a side are allowed";
    }
    return std::nullopt;
}

std::optional<std::string> fault_of_choice(const SettingKind& kind, std::string_view value) {
    if (value == kind.choices[0] || value == kind.choices[1]) return std::nullopt;
    return "must be one of " + std::string(kind.choices[0]) + ", " + std::string(kind.choices[1]);
}

}  // namespace

std::string_view SettingKind::data_type() const {
    if (rule == whole) return "number";
    return rule == flag ? "boolean" : "string";
}

std::span<const SettingKind> setting_kinds() {
    return kinds;
}

const SettingKind* find_setting(std::string_view key) {
    const auto* const found = std::ranges::lower_bound(kinds, key, {}, &SettingKind::key);
    return found != kinds.end() && found->key == key ? found : nullptr;
}

std::optional<std::string> setting_fault(const SettingKind& kind, std::string_view value) {
    switch (kind.rule) {
        case line:
        case text:
            return fault_of_characters(kind, value);
        case whole:
            return fault_of_number(kind, value);
        case choice:
            return fault_of_choice(kind, value);
        case locale:
            if (!is_locale(value)) return "must be a language tag such as de or en-US";
            return std::nullopt;
        case picture:
            return fault_of_picture(kind, value);
        case flag:
        case currency:
        case account:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace crane::domain
