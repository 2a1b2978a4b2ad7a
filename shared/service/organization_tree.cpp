#include "shared/service/organization_tree.h"

#include <algorithm>

#include "shared/base/error.h"
#include "shared/store/queries.h"

namespace crane::service::organization_tree {

using organizations::OrganizationRow;
using organizations::OrganizationScope;

std::vector<Member> consolidated(store::Session& session, const OrganizationId& id,
                                 std::int64_t most_distance) {
    std::vector<Member> members;
    auto rows = session.query(sql::organization_tree_consolidated, {id, most_distance});
    while (rows.next()) {
        Member member;
        member.id = rows.id<OrganizationNoun>();
        member.parent_id = rows.optional_id<OrganizationNoun>();
        member.name = rows.text();
        member.relationship_type = rows.text();
        member.base_currency = rows.text();
        member.distance = rows.integer();
        members.push_back(std::move(member));
    }
    return members;
}

namespace {

// The highest organization whose consolidated reports an organization is part of.
const OrganizationId& highest(const OrganizationScope& scope) {
    return scope.ancestors[scope.reaching_count - 1];
}

}  // namespace

Relation relation_of(const OrganizationScope& a, const OrganizationScope& b) {
    if (a.id == b.id) return Relation::same;
    if (a.root_id != b.root_id) return Relation::unrelated;
    return highest(a) == highest(b) ? Relation::owned : Relation::linked;
}

namespace {

// After a change of what holds for all below an organization.
void spread(store::Session& session, const OrganizationId& id) {
    session.execute(sql::organization_tree_renew_organizations, {id});
    session.execute(sql::organization_tree_spread_suspension, {id});
    session.execute(sql::organization_tree_renew_keys, {id});
}

std::optional<OrganizationId> suspended_above(store::Session& session, const OrganizationId& id) {
    auto rows = session.query(sql::organization_tree_suspended_above, {id});
    if (!rows.next()) return std::nullopt;
    return rows.id<OrganizationNoun>();
}

void write_suspension(store::Session& session, OrganizationRow& row, Timestamp at) {
    row.updated_at = at;
    session.execute(sql::organization_tree_suspend, {row.suspended_at, row.suspension_reason, at, row.id});
    spread(session, row.id);
}

}  // namespace

void suspend(store::Session& session, OrganizationRow& row, const std::string& reason, Timestamp at) {
    if (row.suspended_at) {
        throw Error(ErrorCode::invalid_state,
                    "The organization has been suspended since " + format_timestamp(*row.suspended_at) + ".");
    }
    row.suspended_at = at;
    row.suspension_reason = reason;
    write_suspension(session, row, at);
}

void resume(store::Session& session, OrganizationRow& row, Timestamp at) {
    if (!row.suspended_at) {
        const auto above = suspended_above(session, row.id);
        throw Error(ErrorCode::invalid_state, above
                                                  ? "The organization is suspended with " + to_text(*above) +
                                                        ", which is above it; resume that one."
                                                  : std::string("The organization is not suspended."));
    }
    row.suspended_at = std::nullopt;
    row.suspension_reason.clear();
    write_suspension(session, row, at);
}

namespace {

std::size_t levels_below(store::Session& session, const OrganizationId& id) {
    auto rows = session.query(sql::organization_tree_levels_below, {id});
    rows.next();
    return static_cast<std::size_t>(rows.integer());
}

void refuse_place(store::Session& session, const OrganizationRow& row, const OrganizationScope& parent) {
    if (std::ranges::find(parent.ancestors, row.id) != parent.ancestors.end()) {
        throw faulty_field("parent_organization_id", "is the organization itself or below it");
    }
    if (parent.ancestors.size() + 1 + levels_below(session, row.id) > most_levels) {
        throw Error(ErrorCode::invalid_state, "The organizations below would be more than " +
                                                  std::to_string(most_levels) + " levels deep.");
    }
}

}  // namespace

void move(store::Session& session, OrganizationRow& row, const OrganizationId& parent_id, Timestamp at) {
    if (!row.parent_id) throw Error(ErrorCode::invalid_state, "A root is not moved below another one.");
    // One move of a root's tree at a time; whoever makes a child there holds the
    // root's row by its foreign key.
    organizations::lock(session, row.root_id);
    const auto parent = organizations::scope_of(session, parent_id);
    if (!parent || parent->root_id != row.root_id)
        throw faulty_field("parent_organization_id", "is not an organization of the same root");
    refuse_place(session, row, *parent);
    session.execute(sql::organization_tree_detach, {row.id, row.id});
    session.execute(sql::organization_tree_attach, {row.id, parent_id});
    session.execute(sql::organization_tree_set_parent, {parent_id, at, row.id});
    row.parent_id = parent_id;
    row.updated_at = at;
    spread(session, row.id);
}

Versions versions_below(store::Session& session, const OrganizationId& id, Timestamp at) {
    Versions versions;
    {
        auto rows = session.query(sql::organization_tree_versions_of_organizations, {id});
        while (rows.next()) {
            const auto organization_id = rows.id<OrganizationNoun>();
            versions.organizations.emplace_back(organization_id, rows.integer());
        }
    }
    versions.keys = api_keys::read_versions(
        session.query(sql::organization_tree_versions_of_keys, {id, id, api_keys::uncached_since(at)}));
    return versions;
}

std::vector<OrganizationId> recently_suspended(store::Session& session, Timestamp since) {
    std::vector<OrganizationId> ids;
    auto rows = session.query(sql::organization_tree_recently_suspended, {since});
    while (rows.next()) ids.push_back(rows.id<OrganizationNoun>());
    return ids;
}

}  // namespace crane::service::organization_tree
