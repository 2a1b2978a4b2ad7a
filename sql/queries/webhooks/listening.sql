-- Who may want to hear of an event.
select w.id, w.event_types from webhooks w where w.books_id = ? and w.status = 'active'
