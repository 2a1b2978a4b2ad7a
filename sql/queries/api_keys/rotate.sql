update api_keys set secret_hash = ?, key_preview = ?, sealed_signing_secret = ?, previous_secret_expires_at = ?,
    version = version + 1, updated_at = ? where id = ?
