update credit_purchases set status = ?, decided_by = ?, decided_at = ?, updated_at = ? where root_organization_id = ? and id = ?
