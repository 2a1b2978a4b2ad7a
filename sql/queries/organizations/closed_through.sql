-- The lock date of some books, held against a change of it.
select closed_through from books where books_id = ? lock in share mode
