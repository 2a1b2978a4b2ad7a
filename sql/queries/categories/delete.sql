delete from categories where books_id = ? and id = ?
