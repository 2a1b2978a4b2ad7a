-- No row is made for a nonce that is there.
insert ignore into request_nonces (api_key_id, nonce, expires_at) values (?, ?, ?)
