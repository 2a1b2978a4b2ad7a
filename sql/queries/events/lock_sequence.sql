select last_sequence from event_sequences where books_id = ? for update
