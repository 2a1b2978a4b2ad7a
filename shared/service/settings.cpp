#include "shared/service/settings.h"

#include "shared/store/queries.h"

namespace crane::service::settings {

std::optional<AccountId> role_account(store::Session& session, std::uint32_t books_id,
                                      std::string_view role) {
    auto rows = session.query(sql::settings_get, {books_id, "accounts." + std::string(role)});
    if (!rows.next()) return std::nullopt;
    return parse_id<AccountNoun>(rows.text());
}

std::optional<std::string> live_value(store::Session& session, const OrganizationId& organization_id,
                                      std::string_view name) {
    auto rows = session.query(sql::settings_of_organization, {organization_id, name});
    if (!rows.next()) return std::nullopt;
    return rows.text();
}

}  // namespace crane::service::settings
