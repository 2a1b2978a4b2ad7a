update webhook_deliveries set status = 'pending', retries = 0, due_at = ?, delivered_at = null, updated_at = ?
where books_id = ? and id = ?
