-- Who may want to hear of an event.
select w.id, w.event_types, w.created_at from webhooks w where w.books_id = ? and w.status = 'active'
