-- So that a cache that was away learns of them.
select secret_hash, version from api_keys where status = 'revoked' and updated_at > ?
