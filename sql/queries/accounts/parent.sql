-- The parent, for the walk that finds a cycle.
select parent_id from accounts where books_id = ? and id = ?
