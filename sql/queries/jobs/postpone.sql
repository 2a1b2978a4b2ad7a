-- Back into the queue, later.
update jobs set status = 'queued', lease_expires_at = null, run_at = ?, error = ?
where books_id = ? and id = ? and status = 'processing' and fence = ?
