select idempotency_key, request_hash, reply_body from idempotency_keys
where scope_id = ? and livemode = ? and idempotency_key in (/*list*/ ?)
