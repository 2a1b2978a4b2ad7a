-- First of what a grant writes: whoever adds to a pool holds its row.
update credit_pools set granted = granted + ? where root_organization_id = ? and livemode = ?
