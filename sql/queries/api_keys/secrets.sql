-- Every secret of a key that a cache may know, with the key's version.
select secret_hash, version from api_keys where id = ?
union all
select p.secret_hash, k.version from api_key_past_secrets p join api_keys k on k.id = p.api_key_id
where p.api_key_id = ? and p.expires_at > ?
