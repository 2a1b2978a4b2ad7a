insert ignore into schema_lock (id) values (1)
