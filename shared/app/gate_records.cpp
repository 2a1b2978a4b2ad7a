#include "shared/app/gate_records.h"

#include <charconv>
#include <stdexcept>

#include "shared/json/json.h"

namespace crane::app {
namespace {

std::int64_t number(json::View view) {
    std::int64_t value = 0;
    const auto text = view.text();
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string text_of(json::View view) {
    return std::string(view.text());
}

template <typename Noun>
Id<Noun> id_of(json::View view) {
    return parse_id<Noun>(view.text()).value();
}

}  // namespace

std::string write_key_record(const service::api_keys::ApiKeyRow& key) {
    auto record = json::Value::object();
    record.set("id", to_text(key.id));
    if (key.organization_id) record.set("organization_id", to_text(*key.organization_id));
    record.set("mode", key.mode).set("status", key.status);
    record.set("permissions", json::Value::raw(service::api_keys::permissions_json(key.permissions)));
    record.set("include_children", json::Value::boolean(key.include_children));
    record.set("allowed_ips", json::Value::raw(key.allowed_ips));
    record.set("require_signature", json::Value::boolean(key.require_signature));
    // Sealed as it is in the store; here in hexadecimal, since JSON is text.
    record.set("sealed_signing_secret", to_hex(key.sealed_signing_secret));
    record.set("rate_limit_per_minute", json::Value::integer(key.rate_limit_per_minute));
    record.set("is_organization_suspended", json::Value::boolean(key.is_organization_suspended));
    if (key.expires_at) record.set("expires_at", json::Value::integer(key.expires_at->microseconds));
    if (key.secret_expires_at)
        record.set("secret_expires_at", json::Value::integer(key.secret_expires_at->microseconds));
    return record.dump();
}

service::api_keys::ApiKeyRow read_key_record(std::string_view text) {
    const auto document = json::parse(text);
    const auto record = document.root();
    service::api_keys::ApiKeyRow key;
    key.id = id_of<ApiKeyNoun>(record.member("id"));
    if (const auto id = record.member("organization_id"); id.exists())
        key.organization_id = id_of<OrganizationNoun>(id);
    key.mode = text_of(record.member("mode"));
    key.status = text_of(record.member("status"));
    record.member("permissions").for_each([&](json::View family) {
        auto& actions = key.permissions[std::string(family.name())];
        family.for_each([&](json::View action) { actions.emplace(action.text()); });
    });
    key.include_children = record.member("include_children").boolean();
    key.allowed_ips = record.member("allowed_ips").dump();
    key.rate_limit_per_minute = number(record.member("rate_limit_per_minute"));
    key.require_signature = record.member("require_signature").boolean();
    key.sealed_signing_secret = from_hex(record.member("sealed_signing_secret").text()).value();
    key.is_organization_suspended = record.member("is_organization_suspended").boolean();
    if (const auto at = record.member("expires_at"); at.exists()) key.expires_at = Timestamp{number(at)};
    if (const auto at = record.member("secret_expires_at"); at.exists())
        key.secret_expires_at = Timestamp{number(at)};
    return key;
}

std::string write_organization_record(const service::organizations::OrganizationScope& scope) {
    auto record = json::Value::object();
    record.set("id", to_text(scope.id)).set("root_id", to_text(scope.root_id));
    record.set("currency", scope.base_currency.code);
    record.set("decimal_places", json::Value::integer(scope.base_currency.decimal_places));
    record.set("time_zone", scope.time_zone);
    record.set("is_suspended", json::Value::boolean(scope.is_suspended));
    record.set("is_draft_approval_required", json::Value::boolean(scope.is_draft_approval_required));
    record.set("live_books_id", json::Value::integer(scope.live_books_id));
    record.set("test_books_id", json::Value::integer(scope.test_books_id));
    auto ancestors = json::Value::array();
    for (const auto& id : scope.ancestors) ancestors.push(json::Value::string(to_text(id)));
    record.set("ancestors", std::move(ancestors));
    record.set("reaching_count", json::Value::integer(static_cast<std::int64_t>(scope.reaching_count)));
    return record.dump();
}

service::organizations::OrganizationScope read_organization_record(std::string_view text) {
    const auto document = json::parse(text);
    const auto record = document.root();
    service::organizations::OrganizationScope scope;
    scope.id = id_of<OrganizationNoun>(record.member("id"));
    scope.root_id = id_of<OrganizationNoun>(record.member("root_id"));
    scope.base_currency.code = text_of(record.member("currency"));
    scope.base_currency.decimal_places = static_cast<int>(number(record.member("decimal_places")));
    scope.time_zone = text_of(record.member("time_zone"));
    scope.is_suspended = record.member("is_suspended").boolean();
    scope.is_draft_approval_required = record.member("is_draft_approval_required").boolean();
    scope.live_books_id = static_cast<std::uint32_t>(number(record.member("live_books_id")));
    scope.test_books_id = static_cast<std::uint32_t>(number(record.member("test_books_id")));
    record.member("ancestors").for_each([&](json::View ancestor) {
        scope.ancestors.push_back(id_of<OrganizationNoun>(ancestor));
    });
    const auto reaching_count = record.member("reaching_count");
    if (!reaching_count.exists()) throw std::runtime_error("a record of before there were isolated ones");
    scope.reaching_count = static_cast<std::size_t>(number(reaching_count));
    return scope;
}

}  // namespace crane::app
