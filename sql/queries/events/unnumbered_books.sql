-- Which of some sets of books have an event without a number: a look into the index for each.
select b.books_id, (select e.id from events e force index (events_by_sequence)
    where e.books_id = b.books_id and e.sequence = 0 and e.id >= ? limit 1) as unnumbered
from books b where b.books_id > ? and b.books_id <= ? having unnumbered is not null
