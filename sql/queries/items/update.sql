update items set name = ?, description = ?, sku = ?, item_type = ?, price = ?, currency_code = ?, category_id = ?,
    is_active = ?, version = version + 1, updated_at = ?
where books_id = ? and id = ?
