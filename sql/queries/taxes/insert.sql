insert into taxes (books_id, id, name, description, rate, tax_type, is_active, is_compound, is_inclusive, account_id,
    created_at, updated_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
