-- Does not wait: a row that another session holds is a request that is still running.
select request_hash, reply_status, reply_headers, reply_body, job_id from idempotency_keys
where scope_id = ? and livemode = ? and idempotency_key = ? for update nowait
