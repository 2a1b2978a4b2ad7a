-- Two workers may begin at the same moment; the second waits for the first.
insert into event_sequences (books_id, last_sequence) values (?, 0) on duplicate key update last_sequence = last_sequence
