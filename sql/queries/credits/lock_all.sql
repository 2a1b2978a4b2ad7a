select slot, remaining from credit_slots where root_organization_id = ? and livemode = ? order by slot for update
