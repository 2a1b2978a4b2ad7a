update api_keys set status = 'revoked', version = version + 1, updated_at = ? where id = ?
