select id from schema_lock where id = 1 for update
