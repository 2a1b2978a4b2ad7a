select p.granted, (select cast(coalesce(sum(s.remaining), 0) as signed) from credit_slots s
        where s.root_organization_id = p.root_organization_id and s.livemode = p.livemode),
    p.low_balance_threshold, p.billing_email, p.auto_recharge_enabled, p.auto_recharge_package, p.is_low, p.updated_at
from credit_pools p where p.root_organization_id = ? and p.livemode = ?
