select max(distance) from organization_ancestors where ancestor_id = ?
