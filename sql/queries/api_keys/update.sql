update api_keys set name = ?, description = ?, permissions = ?, allowed_ips = ?, require_signature = ?,
    rate_limit_per_minute = ?, expires_at = ?, version = version + 1, updated_at = ? where organization_id = ? and id = ?
