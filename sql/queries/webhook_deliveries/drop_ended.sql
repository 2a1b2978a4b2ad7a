delete from webhook_deliveries where status = ? and books_id = ? and webhook_id = ? and due_at <= ? limit 1000
