insert into credit_pools (root_organization_id, livemode, granted) values (?, ?, ?)
