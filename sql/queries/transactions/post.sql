update transactions set status = 'posted', posted_at = ?, version = version + 1, updated_at = ?
where books_id = ? and id = ? and status = 'pending'
