insert into credit_purchases (root_organization_id, id, livemode, package_id, credits, price, currency_code, provider,
    instructions, status, is_automatic, created_by, created_at, updated_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
