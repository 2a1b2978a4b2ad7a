// org create, org list.
#include <cstdio>
#include <stdexcept>

#include "deploy/admin/commands.h"
#include "shared/base/clock.h"
#include "shared/service/api_keys.h"
#include "shared/service/organizations.h"
#include "shared/store/queries.h"

namespace crane::admin {
namespace {

namespace api_keys = service::api_keys;
namespace organizations = service::organizations;

std::string make_organization_key(store::Session& session, const OrganizationId& id, const char* mode,
                                  const char* name) {
    api_keys::ApiKeyRow key;
    key.organization_id = id;
    key.mode = mode;
    key.include_children = true;
    key.rate_limit_per_minute = api_keys::default_rate_limit(key.mode);
    return make_key(session, std::move(key), name);
}

}  // namespace

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

}  // namespace crane::admin
