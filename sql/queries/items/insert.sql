insert into items (books_id, id, name, description, sku, item_type, price, currency_code, category_id, is_active,
    created_at, updated_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
