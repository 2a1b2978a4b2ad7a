delete from metadata_values where books_id = ? and object = ? and entity_id = ?
