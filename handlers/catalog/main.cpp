#include "handlers/catalog/routes.h"
#include "shared/app/program.h"

int main(int argument_count, char** arguments) {
    return crane::app::serve_family(crane::catalog::family(), argument_count, arguments);
}
