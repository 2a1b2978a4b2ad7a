update jobs set status = 'processing', attempts = attempts + 1, fence = fence + 1, lease_expires_at = ?,
    started_at = coalesce(started_at, ?)
where books_id = ? and id = ? and status = 'queued'
