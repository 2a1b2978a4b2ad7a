delete from idempotency_keys where expires_at < ? order by expires_at limit ?
