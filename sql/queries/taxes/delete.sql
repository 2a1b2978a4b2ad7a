delete from taxes where books_id = ? and id = ?
