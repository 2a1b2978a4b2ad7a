#include "queue/operations.h"

#include "handlers/accounts/routes.h"
#include "handlers/api_keys/routes.h"
#include "handlers/drafts/routes.h"
#include "handlers/events/routes.h"
#include "handlers/jobs/routes.h"
#include "handlers/organizations/routes.h"
#include "handlers/reports/routes.h"
#include "handlers/settings/routes.h"
#include "handlers/transactions/routes.h"

namespace crane::queue {

app::OperationTable all_operations() {
    app::OperationTable table;
    for (const auto& family :
         {accounts::family(), api_keys::family(), drafts::family(), events::family(), jobs::family(),
          organizations::family(), reports::family(), settings::family(), transactions::family()}) {
        table.add(family);
    }
    return table;
}

}  // namespace crane::queue
