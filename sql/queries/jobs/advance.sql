update jobs set progress_done = ?, lease_expires_at = ?
where books_id = ? and id = ? and status = 'processing' and fence = ?
