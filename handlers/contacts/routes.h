// The routes of the family contacts.
#pragma once

#include "shared/app/operation.h"

namespace crane::contacts {

app::Family family();

}  // namespace crane::contacts
