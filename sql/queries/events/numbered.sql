select e.id, e.event_type, e.created_at from events e
where e.books_id = ? and e.sequence > ? and e.sequence <= ? order by e.sequence
