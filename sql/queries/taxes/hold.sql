-- Those of some taxes that there are, held so that they stay while they are named.
select t.id, t.is_active from taxes t where t.books_id = ? and t.id in (/*list*/ ?) order by t.id lock in share mode
