// org create, org list, key create, key revoke, key list.
#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "deploy/admin/commands.h"
#include "shared/app/gate.h"
#include "shared/base/clock.h"
#include "shared/service/api_keys.h"
#include "shared/service/organizations.h"
#include "shared/store/queries.h"

namespace crane::admin {
namespace {

namespace api_keys = service::api_keys;
namespace organizations = service::organizations;

std::string make_key(store::Session& session, api_keys::ApiKeyRow key, const std::string& name) {
    key.id = make_id<ApiKeyNoun>();
    key.name = name;
    if (key.permissions.empty()) key.permissions = api_keys::all_permissions();
    return api_keys::create(session, key, std::nullopt, now());
}

std::string make_organization_key(store::Session& session, const OrganizationId& id, const char* mode,
                                  const char* name) {
    api_keys::ApiKeyRow key;
    key.organization_id = id;
    key.mode = mode;
    key.include_children = true;
    key.rate_limit_per_minute = api_keys::default_rate_limit(key.mode);
    return make_key(session, std::move(key), name);
}

bool is_env(const Arguments& arguments) {
    const auto format = arguments.value("format", "text");
    if (format != "text" && format != "env") throw std::runtime_error("--format is text or env.");
    return format == "env";
}

void print(bool is_env, const char* name, const char* label, const std::string& value) {
    if (is_env) {
        std::printf("%s=%s\n", name, value.c_str());
    } else {
        std::printf("%-13s %s\n", label, value.c_str());
    }
}

std::int64_t number(const Arguments& arguments, const std::string& name, std::int64_t otherwise) {
    if (!arguments.has(name)) return otherwise;
    const auto text = arguments.value(name);
    if (text.empty() || text.size() > 15 || text.find_first_not_of("0123456789") != std::string::npos) {
        throw std::runtime_error("--" + name + " takes a whole number.");
    }
    return std::stoll(text);
}

}  // namespace

Arguments::Arguments(const std::vector<std::string>& words, std::size_t from) {
    for (auto i = from; i < words.size(); ++i) {
        if (!words[i].starts_with("--")) throw std::runtime_error("Unexpected word: " + words[i]);
        const auto name = words[i].substr(2);
        const bool has_value = i + 1 < words.size() && !words[i + 1].starts_with("--");
        values_[name] = has_value ? words[++i] : "";
    }
}

std::string Arguments::value(const std::string& name, const std::string& otherwise) const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : found->second;
}

int create_organization(const Arguments& arguments) {
    const auto session = store::open_session(load_config(), store::SessionKind::write);
    organizations::OrganizationRow row;
    row.id = make_id<OrganizationNoun>();
    row.root_id = row.id;
    row.name = arguments.value("name");
    if (row.name.empty()) throw std::runtime_error("Give the organization a --name.");
    row.base_currency = arguments.value("currency", "USD");
    row.chart = arguments.value("chart", "standard");
    organizations::create(*session, row, number(arguments, "credits", 1000), now());
    const auto live_key = make_organization_key(*session, row.id, "live", "First key");
    std::string test_key;
    if (arguments.has("test-key"))
        test_key = make_organization_key(*session, row.id, "test", "First test key");
    session->commit();
    const bool env = is_env(arguments);
    print(env, "CRANE_ORGANIZATION", "organization", to_text(row.id));
    print(env, "CRANE_KEY", "key", live_key);
    if (!test_key.empty()) print(env, "CRANE_TEST_KEY", "test key", test_key);
    return 0;
}

int list_organizations() {
    const auto session = store::open_session(load_config(), store::SessionKind::read);
    std::vector<organizations::OrganizationRow> rows;
    store::ListRequest request;
    const auto& definition = organizations::list_all_definition();
    request.sort = definition.sorts.front();
    request.is_descending = false;
    request.limit = 1'000'000;
    store::read_page(*session, definition, request, {}, organizations::read, rows);
    for (const auto& row : rows) {
        std::printf("%s  %s  %s%s\n", to_text(row.id).c_str(), row.base_currency.c_str(), row.name.c_str(),
                    row.suspended_at ? "  (suspended)" : "");
    }
    return 0;
}

int create_key(const Arguments& arguments) {
    const auto session = store::open_session(load_config(), store::SessionKind::write);
    api_keys::ApiKeyRow key;
    if (arguments.has("operator")) {
        key.mode = "operator";
    } else {
        const auto id = parse_id<OrganizationNoun>(arguments.value("organization"));
        if (!id || !organizations::get(*session, *id)) {
            throw std::runtime_error("Give --organization the id of one (crane org list), or --operator.");
        }
        key.organization_id = id;
        key.mode = arguments.value("mode", "live");
        if (key.mode != "live" && key.mode != "test") throw std::runtime_error("--mode is live or test.");
    }
    if (arguments.has("permissions"))
        key.permissions = api_keys::parse_permissions(arguments.value("permissions"));
    key.include_children = arguments.has("include-children");
    key.rate_limit_per_minute = number(arguments, "rate-limit", api_keys::default_rate_limit(key.mode));
    const bool is_operator = key.mode == "operator";
    const bool is_test = key.mode == "test";
    const auto secret = make_key(*session, std::move(key), arguments.value("name", "Command line"));
    session->commit();
    const char* const name = is_operator ? "CRANE_OPERATOR_KEY" : is_test ? "CRANE_TEST_KEY" : "CRANE_KEY";
    print(is_env(arguments), name, "key", secret);
    return 0;
}

namespace {

std::vector<api_keys::ApiKeyRow> all_keys() {
    const auto session = store::open_session(load_config(), store::SessionKind::read);
    return api_keys::all(*session);
}

}  // namespace

int list_keys() {
    for (const auto& key : all_keys()) {
        std::printf("%s  %s  %-8s  %-8s  %s  %s\n", to_text(key.id).c_str(), key.key_preview.c_str(),
                    key.mode.c_str(), std::string(key.status_at(now())).c_str(),
                    key.organization_id ? to_text(*key.organization_id).c_str() : "-", key.name.c_str());
    }
    return 0;
}

int revoke_key(const std::string& which) {
    std::vector<api_keys::ApiKeyRow> found;
    for (auto& key : all_keys()) {
        if (which == to_text(key.id) || which == key.key_preview) found.push_back(std::move(key));
    }
    if (found.size() != 1) {
        throw std::runtime_error(found.empty() ? "No key has this id or preview; see: crane key list"
                                               : "Several keys have this preview; name one by its id.");
    }
    const auto config = load_config();
    app::Stores stores(config);
    const auto session = store::open_session(config, store::SessionKind::write);
    api_keys::revoke(*session, found.front().id, now());
    const auto key = api_keys::newest_version(*session, found.front().id);
    session->commit();
    if (key) app::Gate::forget_key(stores, key->secret_hash, key->version);
    std::printf("revoked %s\n", to_text(found.front().id).c_str());
    return 0;
}

}  // namespace crane::admin
