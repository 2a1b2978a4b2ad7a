-- Whether the jobs of some books wait.
select is_suspended from books where books_id = ?
