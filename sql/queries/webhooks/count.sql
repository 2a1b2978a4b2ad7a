select count(*) from webhooks where books_id = ? and status <> 'deleted'
