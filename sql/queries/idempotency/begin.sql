insert into idempotency_keys (scope_id, livemode, idempotency_key, request_hash, expires_at) values (?, ?, ?, ?, ?)
