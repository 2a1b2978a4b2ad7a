-- As much to each slot, and one more to the first few, so that the parts add up.
update credit_slots set remaining = remaining + ? + (case when slot < ? then 1 else 0 end)
where root_organization_id = ? and livemode = ?
