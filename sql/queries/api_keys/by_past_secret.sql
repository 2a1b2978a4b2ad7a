-- Which key a secret belonged to before a rotation, and until when it works.
select k.id, k.organization_id, k.mode, k.name, k.description, k.key_preview, k.permissions, k.status,
    k.include_children, k.allowed_ips, k.require_signature, p.sealed_signing_secret, k.rate_limit_per_minute, k.expires_at,
    k.previous_secret_expires_at, k.last_used_at,
    (select coalesce(sum(u.request_count), 0) from api_key_uses u where u.api_key_id = k.id
        and u.month = date_format(utc_date(), '%Y-%m-01')) as usage_this_month,
    k.version, k.created_at, k.updated_at,
    coalesce((select b.is_suspended from books b where b.organization_id = k.organization_id and b.livemode = 1), 0), p.expires_at
from api_key_past_secrets p join api_keys k on k.id = p.api_key_id where p.secret_hash = ?
