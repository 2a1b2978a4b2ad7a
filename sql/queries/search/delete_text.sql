delete from search_texts where books_id = ? and object = ? and entity_id = ?
