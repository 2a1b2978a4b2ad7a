// What an operation changed, as its event tells it. Computed from the resource
// as clients see it, so that no family writes a comparison of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/app/operation.h"

namespace crane::app {

// {"before":{…},"after":{…}} of the members that differ between two JSON
// objects. Without what is a secret by its name, and without updated_at. A
// member whose value is long is only named, in "omitted".
std::string changes_between(std::string_view before, std::string_view after);
// {"before":{…}}: all of what is no longer there.
std::string whole_before(std::string_view before);

// The names of the members that changed, from an event's metadata.
std::vector<std::string> changed_fields(std::string_view metadata);

// Whether the operation's event is to tell what changed: a change of a resource
// by a body, or its removal. Not an action, whose name tells it (a posting).
bool tells_changes(const Operation& operation);

// Puts the changes into the event about the resource, if the operation has noted
// one that tells nothing yet. `before` is the resource as it was.
void tell_changes(service::Scope& scope, const Operation& operation, std::string_view before,
                  std::string_view after);

}  // namespace crane::app
