select d.id, d.webhook_id, d.event_id, d.event_type, d.status, d.attempts, d.response_status, d.error, d.due_at,
    d.last_attempt_at, d.delivered_at, d.created_at, d.updated_at
/*from*/ from webhook_deliveries d /*index*/ where d.books_id = ? and d.webhook_id = ?
