-- Those of some contacts that there are, held so that they stay while they are named.
select c.id, c.enabled from contacts c where c.books_id = ? and c.id in (/*list*/ ?) order by c.id lock in share mode
