// The writes of the family contacts.
#pragma once

#include "shared/app/operation.h"

namespace crane::contacts {

extern const app::Operation create_contact;
extern const app::Operation update_contact;
extern const app::Operation delete_contact;

}  // namespace crane::contacts
