insert into webhook_deliveries (books_id, id, webhook_id, event_id, event_type, status, due_at, created_at, updated_at)
values /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?)
