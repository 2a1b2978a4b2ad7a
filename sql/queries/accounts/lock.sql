-- Holds one account for a change of it.
select a.id from accounts a where a.books_id = ? and a.id = ? for update
