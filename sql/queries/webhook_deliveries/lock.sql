select id from webhook_deliveries where books_id = ? and webhook_id = ? and id = ? for update
