#include "shared/app/forget_below.h"

#include "shared/app/execution.h"
#include "shared/app/gate.h"
#include "shared/base/clock.h"
#include "shared/service/organization_tree.h"

namespace crane::app {

void forget_below(Stores& stores, const OrganizationId& id) {
    service::organization_tree::Versions versions;
    with_reader(stores, [&](store::Session& session) {
        versions = service::organization_tree::versions_below(session, id, now());
    });
    for (const auto& [organization_id, version] : versions.organizations) {
        Gate::forget_organization(stores, organization_id, version);
    }
    Gate::forget_secrets(stores, versions.keys);
}

}  // namespace crane::app
