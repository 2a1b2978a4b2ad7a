-- The categories right below some others, by name.
select c.parent_id, c.id from categories c where c.books_id = ? and c.parent_id in (/*list*/ ?)
order by c.parent_id, c.name, c.id
