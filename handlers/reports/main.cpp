#include "handlers/reports/routes.h"
#include "shared/app/program.h"

int main(int argument_count, char** arguments) {
    return crane::app::serve_family(crane::reports::family(), argument_count, arguments);
}
