delete from webhooks where status = 'deleted' and updated_at <= ?
    and not exists (select 1 from webhook_deliveries d where d.books_id = webhooks.books_id and d.webhook_id = webhooks.id)
