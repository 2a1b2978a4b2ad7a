insert into idempotency_keys
    (scope_id, livemode, idempotency_key, request_hash, reply_status, reply_headers, reply_body, expires_at)
values /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?)
