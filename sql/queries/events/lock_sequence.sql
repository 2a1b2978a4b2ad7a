select last_sequence, summed_sequence from event_sequences where books_id = ? for update
