select value, default_value, updated_at from settings where books_id = ? and name = ?
