delete from request_nonces where expires_at < ? order by expires_at limit ?
