-- No row when the lease was lost: the worker must give up.
update jobs set lease_expires_at = ? where books_id = ? and id = ? and status = 'processing' and fence = ?
