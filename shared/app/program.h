// A family's whole program: settings, sockets, threads, a graceful stop.
#pragma once

#include <vector>

#include "shared/app/operation.h"

namespace crane::app {

// Serves `family` on the listening socket that is descriptor 0 until SIGTERM,
// then finishes what runs. "--describe" prints what the family declares and
// needs neither socket nor settings. Returns the exit code. `operations` is for
// a family that runs those of others.
int serve_family(const Family& family, int argument_count, char** arguments,
                 const OperationTable* operations = nullptr);

// What `--describe` prints.
std::string describe(const Family& family);

}  // namespace crane::app
