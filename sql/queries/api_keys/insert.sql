insert into api_keys (id, organization_id, mode, name, description, secret_hash, key_preview, permissions, status,
    include_children, allowed_ips, require_signature, sealed_signing_secret, rate_limit_per_minute, expires_at, created_by,
    created_at, updated_at)
values (?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, ?, ?, ?, ?, ?, ?, ?)
