-- One step of the walk up that finds a cycle.
select type, parent_id from accounts where books_id = ? and id = ?
