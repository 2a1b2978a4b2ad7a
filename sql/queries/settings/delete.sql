delete from settings where books_id = ? and name = ?
