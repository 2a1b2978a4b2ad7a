-- Whoever is above the new parent, and the parent itself, is above all of it.
insert into organization_ancestors (ancestor_id, organization_id, distance, linked_count)
select above.ancestor_id, below.organization_id, above.distance + below.distance + 1,
    above.linked_count + below.linked_count
from organization_ancestors above join organization_ancestors below on below.ancestor_id = ?
where above.organization_id = ?
