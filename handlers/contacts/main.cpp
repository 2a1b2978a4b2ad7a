#include "handlers/contacts/routes.h"
#include "shared/app/program.h"

int main(int argument_count, char** arguments) {
    return crane::app::serve_family(crane::contacts::family(), argument_count, arguments);
}
