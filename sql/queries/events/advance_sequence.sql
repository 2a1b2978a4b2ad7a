update event_sequences set last_sequence = ?, summed_sequence = ? where books_id = ?
