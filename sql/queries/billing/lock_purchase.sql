-- One purchase, held for a decision about it.
select p.id, p.livemode, p.package_id, p.credits, p.price, p.currency_code, p.provider, p.instructions, p.status,
    p.is_automatic, p.created_by, p.decided_by, p.decided_at, p.created_at, p.updated_at
from credit_purchases p where p.root_organization_id = ? and p.id = ? for update
