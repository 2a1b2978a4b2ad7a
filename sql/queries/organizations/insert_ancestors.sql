-- A child's ancestors are its parent's, one step further.
insert into organization_ancestors (ancestor_id, organization_id, distance, linked_count)
select ancestor_id, ?, distance + 1, linked_count + ? from organization_ancestors where organization_id = ?
