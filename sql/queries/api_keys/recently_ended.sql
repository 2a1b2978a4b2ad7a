-- Secrets that were revoked or replaced, so that a cache that was away learns of them.
select secret_hash, version from api_keys where status = 'revoked' and updated_at > ?
union all
select p.secret_hash, k.version from api_key_past_secrets p join api_keys k on k.id = p.api_key_id where p.changed_at > ?
