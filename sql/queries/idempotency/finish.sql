update idempotency_keys set reply_status = ?, reply_headers = ?, reply_body = ?, job_id = ?
where scope_id = ? and livemode = ? and idempotency_key = ?
