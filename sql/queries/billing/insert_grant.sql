insert into credit_grants (root_organization_id, id, livemode, kind, credits, reason, purchase_id, created_by, created_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
