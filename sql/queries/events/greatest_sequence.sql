select coalesce(max(sequence), 0) from events where books_id = ?
