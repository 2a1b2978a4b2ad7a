insert into organizations (id, parent_id, root_id, name, domain, tax_number, address, city, state, zip_code, country,
    timezone, fiscal_year_start, base_currency, relationship_type, chart, metadata, created_at, updated_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
