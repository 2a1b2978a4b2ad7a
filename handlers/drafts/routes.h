// The routes of the family drafts.
#pragma once

#include "shared/app/operation.h"

namespace crane::drafts {

app::Family family();

}  // namespace crane::drafts
