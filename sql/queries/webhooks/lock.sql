select id from webhooks where books_id = ? and id = ? and status <> 'deleted' for update
