select secret_hash from api_keys where id = ?
