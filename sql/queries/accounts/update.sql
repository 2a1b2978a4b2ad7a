update accounts set name = ?, code = ?, subtype = ?, description = ?, is_active = ?, parent_id = ?, metadata = ?,
    version = version + 1, updated_at = ?
where books_id = ? and id = ?
