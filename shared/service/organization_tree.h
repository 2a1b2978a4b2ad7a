// The tree that organizations form below a root: what rolls up, how far a
// suspension reaches, and moving a part of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shared/service/api_keys.h"
#include "shared/service/organizations.h"

namespace crane::service::organization_tree {

// A root is at level 1. Every request carries its organization's ancestors.
constexpr std::size_t most_levels = 100;

struct Member {
    OrganizationId id;
    std::optional<OrganizationId> parent_id;
    std::string name;
    std::string relationship_type;
    std::string base_currency;
    std::int64_t distance = 0;  // below the organization that was asked for
};
// An organization and the owned ones down to `most_distance` below it, none of
// which is linked or below a linked one: what its consolidated reports add up.
// From the top down.
std::vector<Member> consolidated(store::Session& session, const OrganizationId& id,
                                 std::int64_t most_distance);

// How two organizations stand to each other.
enum class Relation : std::uint8_t { same, owned, linked, unrelated };
Relation relation_of(const organizations::OrganizationScope& a, const organizations::OrganizationScope& b);

// Both take an organization that is held and throw Error{invalid_state} when it
// is suspended already, or is not. All below it is suspended with it, and its
// queued jobs wait. Every cached record of it and of what is below it is out of
// date from the commit on.
void suspend(store::Session& session, organizations::OrganizationRow& row, const std::string& reason,
             Timestamp at);
void resume(store::Session& session, organizations::OrganizationRow& row, Timestamp at);

// Puts a held organization, with all that is below it, below another parent of
// the same root. Throws Error: invalid_request when the parent is itself or below
// it, invalid_state for a root, or for what would be too deep.
void move(store::Session& session, organizations::OrganizationRow& row, const OrganizationId& parent_id,
          Timestamp at);

// What caches may hold, at `at`, of an organization and of all below it.
struct Versions {
    std::vector<std::pair<OrganizationId, std::int64_t>> organizations;
    std::vector<api_keys::KeyVersion> keys;
};
Versions versions_below(store::Session& session, const OrganizationId& id, Timestamp at);
std::vector<OrganizationId> recently_suspended(store::Session& session, Timestamp since);

}  // namespace crane::service::organization_tree
