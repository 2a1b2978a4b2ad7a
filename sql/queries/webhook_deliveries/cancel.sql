update webhook_deliveries set status = 'cancelled', due_at = ?, updated_at = ?
where status = 'pending' and books_id = ? and webhook_id = ? and due_at <= ? limit 1000
