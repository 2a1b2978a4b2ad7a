select o.id, o.version from organization_ancestors x join organizations o on o.id = x.organization_id
where x.ancestor_id = ?
