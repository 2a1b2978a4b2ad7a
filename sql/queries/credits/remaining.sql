select cast(coalesce(sum(remaining), 0) as signed) from credit_slots where root_organization_id = ? and livemode = ?
