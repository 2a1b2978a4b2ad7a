update credit_slots set remaining = ? where root_organization_id = ? and livemode = ? and slot = ?
