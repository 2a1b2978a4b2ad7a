// How organizations stand to each other: who pays, what rolls up, who may share data.
#pragma once

#include "shared/app/operation.h"

namespace crane::organizations {

json::Value billing_organization(app::Call& call);
json::Value consolidated_reporting(app::Call& call);
json::Value can_share_data(app::Call& call);

}  // namespace crane::organizations
