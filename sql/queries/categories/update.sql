update categories set name = ?, description = ?, color = ?, is_active = ?, parent_id = ?, account_id = ?,
    version = version + 1, updated_at = ?
where books_id = ? and id = ?
