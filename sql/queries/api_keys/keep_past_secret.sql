-- Of a key that is about to get a new one.
insert into api_key_past_secrets (secret_hash, api_key_id, sealed_signing_secret, expires_at, changed_at)
select secret_hash, id, sealed_signing_secret, ?, ? from api_keys where id = ?
