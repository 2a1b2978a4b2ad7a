insert into accounts (books_id, id, name, code, type, subtype, currency_code, description, is_active, parent_id,
    is_system, metadata, created_at, updated_at)
values /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
