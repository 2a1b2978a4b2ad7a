update credit_pools set low_balance_threshold = ?, billing_email = ?, auto_recharge_enabled = ?, auto_recharge_package = ?,
    updated_at = ?
where root_organization_id = ? and livemode = ?
