-- Which of some sets of books have an event without a number, or numbers whose credits are in no sum: a look into an
-- index for each.
select b.books_id, (select e.id from events e force index (events_by_sequence)
        where e.books_id = b.books_id and e.sequence = 0 and e.id >= ? limit 1) as unnumbered,
    (select s.books_id from event_sequences s where s.books_id = b.books_id and s.summed_sequence < s.last_sequence) as unsummed
from books b where b.books_id > ? and b.books_id <= ? having unnumbered is not null or unsummed is not null
