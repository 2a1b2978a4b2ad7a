#include "handlers/events/routes.h"
#include "shared/app/program.h"

int main(int argument_count, char** arguments) {
    return crane::app::serve_family(crane::events::family(), argument_count, arguments);
}
