update credit_slots set remaining = remaining - ?
where root_organization_id = ? and livemode = ? and slot = ? and remaining >= ?
