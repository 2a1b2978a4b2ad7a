insert into categories (books_id, id, name, description, category_type, color, is_active, parent_id, account_id,
    created_at, updated_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
