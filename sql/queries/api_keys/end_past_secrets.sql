-- Those of a key that still work.
update api_key_past_secrets set expires_at = ?, changed_at = ? where api_key_id = ? and expires_at > ?
