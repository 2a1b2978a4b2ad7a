-- Every secret that a cache may know, of the keys of an organization and of all below it.
select k.secret_hash, k.version from organization_ancestors x join api_keys k on k.organization_id = x.organization_id
where x.ancestor_id = ? and k.status = 'active'
union all
select p.secret_hash, k.version from organization_ancestors x join api_keys k on k.organization_id = x.organization_id
    join api_key_past_secrets p on p.api_key_id = k.id
where x.ancestor_id = ? and k.status = 'active' and p.expires_at > ?
