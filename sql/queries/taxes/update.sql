update taxes set name = ?, description = ?, rate = ?, tax_type = ?, is_active = ?, is_compound = ?, is_inclusive = ?,
    account_id = ?, version = version + 1, updated_at = ?
where books_id = ? and id = ?
