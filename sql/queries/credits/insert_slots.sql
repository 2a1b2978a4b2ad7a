insert into credit_slots (root_organization_id, livemode, slot, remaining) values /*rows*/ (?, ?, ?, ?)
