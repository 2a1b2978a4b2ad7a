update transactions set status = 'reversed', reversed_by_id = ?, version = version + 1, updated_at = ?
where books_id = ? and id = ? and status = 'posted'
