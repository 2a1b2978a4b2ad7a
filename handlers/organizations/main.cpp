#include "handlers/organizations/routes.h"
#include "queue/operations.h"
#include "shared/app/program.h"

int main(int argument_count, char** arguments) {
    const auto operations = crane::queue::all_operations();
    return crane::app::serve_family(crane::organizations::family(), argument_count, arguments, &operations);
}
