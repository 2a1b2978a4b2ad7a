#include "handlers/settings/routes.h"
#include "shared/app/program.h"

int main(int argument_count, char** arguments) {
    return crane::app::serve_family(crane::settings::family(), argument_count, arguments);
}
