select g.id, g.livemode, g.kind, g.credits, g.reason, g.purchase_id, g.created_by, g.created_at
/*from*/ from credit_grants g where g.root_organization_id = ? and g.livemode between ? and ?
