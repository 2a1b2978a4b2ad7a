-- The categories right below some others, held so that none comes below them meanwhile.
select c.id from categories c where c.books_id = ? and c.parent_id in (/*list*/ ?) order by c.id lock in share mode
