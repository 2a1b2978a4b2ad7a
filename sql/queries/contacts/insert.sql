insert into contacts (books_id, id, contact_type, name, email, phone, website, tax_number, reference, address, city,
    state, zip_code, country, currency_code, enabled, metadata, created_at, updated_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
