#include "shared/service/settings.h"

#include <charconv>
#include <map>

#include "shared/base/error.h"
#include "shared/service/currencies.h"
#include "shared/service/organizations.h"
#include "shared/store/accounts.h"
#include "shared/store/queries.h"

namespace crane::service::settings {
namespace {

using domain::SettingKind;
using domain::SettingRule;

struct StoredValue {
    std::string value;
    std::optional<std::string> default_value;  // of a role that the starting chart gave
    Timestamp updated_at;
};

StoredValue read_stored(store::Rows& rows) {
    StoredValue stored;
    stored.value = rows.text();
    stored.default_value = rows.optional_text();
    stored.updated_at = rows.timestamp();
    return stored;
}

std::optional<StoredValue> find_stored(store::Session& session, std::uint32_t books_id,
                                       std::string_view key) {
    auto rows = session.query(sql::settings_get, {books_id, key});
    if (!rows.next()) return std::nullopt;
    return read_stored(rows);
}

// Where the row of a setting is.
std::uint32_t books_of(store::Session& session, const Books& books, const SettingKind& kind) {
    if (books.livemode || !kind.is_operator_only()) return books.books_id;
    auto rows = session.query(sql::organizations_books_of, {books.organization_id, true});
    rows.next();
    return static_cast<std::uint32_t>(rows.integer());
}

std::optional<std::string> default_of(const Books& books, const SettingKind& kind) {
    if (kind.rule == SettingRule::currency) return books.base_currency.code;
    if (kind.default_value.empty()) return std::nullopt;
    return std::string(kind.default_value);
}

Setting setting_of(const Books& books, const SettingKind& kind, const std::optional<StoredValue>& stored) {
    if (!stored) return {&kind, default_of(books, kind), std::nullopt};
    if (stored->default_value == stored->value) return {&kind, stored->value, std::nullopt};
    return {&kind, stored->value, stored->updated_at};
}

// The account, held so that it stays as it is until the role is written.
void refuse_account(Scope& scope, const SettingKind& kind, const std::string& value) {
    const auto id = parse_id<AccountNoun>(value);
    const auto books_id = scope.books.books_id;
    const auto account = id && store::accounts::lock(scope.session, books_id, *id)
                             ? store::accounts::get(scope.session, books_id, *id)
                             : std::nullopt;
    if (!account) throw faulty_field("value", "is not an account of this organization");
    if (account->type != kind.choices[0] && account->type != kind.choices[1]) {
        std::string types(kind.choices[0]);
        if (!kind.choices[1].empty()) types += " or " + std::string(kind.choices[1]);
        throw faulty_field("value",
                           "is an account of the type " + account->type + "; this role needs " + types);
    }
    if (!account->is_active) throw faulty_field("value", "is an account that is not active");
}

// The code of a currency, given as such or as an id.
std::string currency_code(store::Session& session, const std::string& value) {
    const auto id = value.starts_with("CUR_") ? value : "CUR_" + value;
    const auto code = currencies::code_of(id);
    if (code.empty() || !currencies::find(session, code)) throw faulty_field("value", "is not a currency");
    return std::string(code);
}

void write(Scope& scope, std::uint32_t books_id, const SettingKind& kind, const std::string& value) {
    const store::Value row[] = {books_id, kind.key, value, nullptr, scope.at};
    scope.session.insert_rows(sql::settings_put, std::size(row), row);
}

const SettingKind& known(std::string_view key, std::string_view data_type) {
    const auto* const kind = domain::find_setting(key);
    if (kind == nullptr || kind->data_type() != data_type)
        throw std::logic_error("there is no such setting: " + std::string(key));
    return *kind;
}

}  // namespace

std::vector<Setting> all(store::Session& session, const Books& books) {
    std::map<std::string, StoredValue, std::less<>> stored;
    {
        auto rows = session.query(sql::settings_list, {books.books_id});
        while (rows.next()) {
            auto name = rows.text();
            stored.insert_or_assign(std::move(name), read_stored(rows));
        }
    }
    std::vector<Setting> settings;
    for (const auto& kind : domain::setting_kinds()) {
        if (kind.is_operator_only()) {
            settings.push_back(get(session, books, kind));
            continue;
        }
        const auto found = stored.find(kind.key);
        settings.push_back(
            setting_of(books, kind, found == stored.end() ? std::nullopt : std::optional(found->second)));
    }
    return settings;
}

Setting get(store::Session& session, const Books& books, const SettingKind& kind) {
    return setting_of(books, kind, find_stored(session, books_of(session, books, kind), kind.key));
}

Setting lock(Scope& scope, const SettingKind& kind) {
    // Most settings have no row that could be held.
    organizations::lock(scope.session, scope.books.organization_id);
    return get(scope.session, scope.books, kind);
}

Setting put(Scope& scope, const SettingKind& kind, const std::optional<std::string>& value) {
    lock(scope, kind);
    auto& session = scope.session;
    const auto books_id = books_of(session, scope.books, kind);
    auto wanted = value;
    if (wanted && kind.rule == SettingRule::account) refuse_account(scope, kind, *wanted);
    if (wanted && kind.rule == SettingRule::currency) wanted = currency_code(session, *wanted);
    if (!wanted) {
        const auto stored = find_stored(session, books_id, kind.key);
        if (stored) wanted = stored->default_value;
    }
    if (wanted) {
        write(scope, books_id, kind, *wanted);
    } else {
        session.execute(sql::settings_delete, {books_id, kind.key});
    }
    scope.note("setting", std::string(kind.key), "setting.updated");
    return get(session, scope.books, kind);
}

std::string text(store::Session& session, const Books& books, std::string_view key) {
    return get(session, books, known(key, "string")).value.value_or("");
}

std::int64_t number(store::Session& session, const Books& books, std::string_view key) {
    const auto value = get(session, books, known(key, "number")).value.value_or("0");
    std::int64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
}

bool flag(store::Session& session, const Books& books, std::string_view key) {
    return get(session, books, known(key, "boolean")).value == "true";
}

std::optional<AccountId> role_account(store::Session& session, std::uint32_t books_id,
                                      std::string_view role) {
    const auto stored = find_stored(session, books_id, "accounts." + std::string(role));
    if (!stored) return std::nullopt;
    return parse_id<AccountNoun>(stored->value);
}

bool has_role(store::Session& session, std::uint32_t books_id, const AccountId& id) {
    const auto text = to_text(id);
    return session.query(sql::settings_role_of, {books_id, text, text}).next();
}

std::optional<std::string> live_value(store::Session& session, const OrganizationId& organization_id,
                                      std::string_view name) {
    auto rows = session.query(sql::settings_of_organization, {organization_id, name});
    if (!rows.next()) return std::nullopt;
    return rows.text();
}

}  // namespace crane::service::settings
