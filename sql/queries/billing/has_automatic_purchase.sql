-- Whether one is on its way already.
select p.id from credit_purchases p
where p.root_organization_id = ? and p.status = 'pending' and p.is_automatic = 1 and p.livemode = ? limit 1
