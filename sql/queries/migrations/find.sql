select digest from schema_migrations where name = ?
