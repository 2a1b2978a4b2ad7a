-- The same for a job, which knows its books.
select organization_id, livemode from books where books_id = ?
