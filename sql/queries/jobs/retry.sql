update jobs set status = 'queued', attempts = 0, run_at = ?, error = null, finished_at = null
where books_id = ? and id = ? and status = 'failed'
