#include "handlers/api_keys/routes.h"
#include "shared/app/program.h"

int main(int argument_count, char** arguments) {
    return crane::app::serve_family(crane::api_keys::family(), argument_count, arguments);
}
