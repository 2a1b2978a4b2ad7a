delete from idempotency_keys where expires_at < ? limit 1000
