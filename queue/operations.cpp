#include "queue/operations.h"

#include "handlers/accounts/routes.h"
#include "handlers/api_keys/routes.h"
#include "handlers/events/routes.h"
#include "handlers/jobs/routes.h"
#include "handlers/organizations/routes.h"
#include "handlers/transactions/routes.h"

namespace crane::queue {

app::OperationTable all_operations() {
    app::OperationTable table;
    for (const auto& family : {accounts::family(), api_keys::family(), events::family(), jobs::family(),
                               organizations::family(), transactions::family()}) {
        for (const auto& route : family.routes) {
            if (route.operation != nullptr) table.emplace(route.operation->name, route.operation);
        }
    }
    return table;
}

}  // namespace crane::queue
