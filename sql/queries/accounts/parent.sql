-- One step of the walk up that finds a cycle, held so that nobody moves it meanwhile.
select type, parent_id from accounts where books_id = ? and id = ? lock in share mode
