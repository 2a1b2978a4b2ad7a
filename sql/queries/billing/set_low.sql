update credit_pools set is_low = ? where root_organization_id = ? and livemode = ?
