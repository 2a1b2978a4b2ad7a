insert into webhooks (books_id, id, url, description, event_types, status, sealed_secret, created_at, updated_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
