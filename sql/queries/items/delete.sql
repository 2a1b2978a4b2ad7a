delete from items where books_id = ? and id = ?
