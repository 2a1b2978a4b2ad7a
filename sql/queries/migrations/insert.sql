insert into schema_migrations (name, digest) values (?, ?)
