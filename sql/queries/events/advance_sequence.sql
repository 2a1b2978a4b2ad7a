update event_sequences set last_sequence = ? where books_id = ?
