select k.secret_hash, k.version from organization_ancestors x join api_keys k on k.organization_id = x.organization_id
where x.ancestor_id = ? and k.status = 'active'
