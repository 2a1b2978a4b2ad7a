insert into metadata_values (books_id, object, pair, entity_id) values /*rows*/ (?, ?, ?, ?)
