-- An organization and what rolls up into it, from the top down.
select o.id, o.parent_id, o.name, o.relationship_type, o.base_currency, x.distance
from organization_ancestors x join organizations o on o.id = x.organization_id
where x.ancestor_id = ? and x.distance <= ? and x.linked_count = 0 order by x.distance, o.id
