select secret_hash, version from api_keys where id = ?
