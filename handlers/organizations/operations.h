// The writes of the family organizations.
#pragma once

#include "shared/app/operation.h"
#include "shared/service/organizations.h"

namespace crane::organizations {

extern const app::Operation create_organization;
extern const app::Operation create_root;   // /accounts/master
extern const app::Operation create_child;  // /accounts/sub
extern const app::Operation update_organization;
extern const app::Operation suspend_organization;
extern const app::Operation resume_organization;
extern const app::Operation move_organization;

// The organization in the path, held. Throws resource_not_found.
service::organizations::OrganizationRow locked(app::Call& call);
json::Value current_organization(app::Call& call);
// One that something can be put below by this key. Throws Error:
// invalid_request, organization_suspended.
service::organizations::OrganizationScope reached_parent(app::Call& call, const OrganizationId& id);

}  // namespace crane::organizations
