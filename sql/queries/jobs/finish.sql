update jobs set status = ?, reply_status = ?, result = ?, error = ?, progress_done = coalesce(?, progress_done), lease_expires_at = null,
    finished_at = ?
where books_id = ? and id = ? and status = 'processing' and fence = ?
