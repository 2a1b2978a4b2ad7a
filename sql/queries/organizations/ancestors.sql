select ancestor_id from organization_ancestors where organization_id = ? order by distance
