-- What another program is taking is passed over.
select d.id, d.event_id, d.attempts, d.retries from webhook_deliveries d force index (webhook_deliveries_due)
where d.status = 'pending' and d.books_id = ? and d.webhook_id = ? and d.due_at <= ? order by d.due_at limit ?
for update skip locked
