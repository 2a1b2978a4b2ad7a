select ancestor_id, linked_count from organization_ancestors where organization_id = ? order by distance
