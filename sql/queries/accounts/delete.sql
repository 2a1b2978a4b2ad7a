delete from accounts where books_id = ? and id = ?
