update api_keys k join organization_ancestors x on x.organization_id = k.organization_id
set k.version = k.version + 1 where x.ancestor_id = ?
