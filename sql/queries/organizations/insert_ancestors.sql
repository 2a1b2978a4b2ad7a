-- A child's ancestors are its parent's, one step further.
insert into organization_ancestors (ancestor_id, organization_id, distance)
select ancestor_id, ?, distance + 1 from organization_ancestors where organization_id = ?
