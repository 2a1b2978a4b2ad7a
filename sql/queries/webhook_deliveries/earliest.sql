-- For each webhook that has deliveries in a state, when the first of them is due. One look into the index for each.
select d.books_id, d.webhook_id, min(d.due_at) from webhook_deliveries d where d.status = ?
group by d.books_id, d.webhook_id
