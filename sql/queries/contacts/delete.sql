delete from contacts where books_id = ? and id = ?
