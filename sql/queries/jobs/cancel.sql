update jobs set status = 'cancelled', finished_at = ? where books_id = ? and id = ? and status = 'queued'
