-- One step of the walk up that finds a cycle, held so that nobody moves it meanwhile.
select c.category_type, c.is_active, c.parent_id from categories c where c.books_id = ? and c.id = ? lock in share mode
