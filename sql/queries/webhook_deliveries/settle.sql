-- How an attempt ended, unless another one was begun meanwhile.
update webhook_deliveries set status = ?, attempts = ?, retries = ?, response_status = ?, error = ?, due_at = ?,
    delivered_at = ?, updated_at = ?
where books_id = ? and id = ? and status = 'pending' and attempts = ?
