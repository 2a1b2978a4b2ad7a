-- Those of some categories that there are, held so that they stay while they are named.
select c.id, c.category_type, c.is_active, c.account_id from categories c
where c.books_id = ? and c.id in (/*list*/ ?) order by c.id lock in share mode
