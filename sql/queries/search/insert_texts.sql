insert into search_texts (books_id, object, entity_id, words) values /*rows*/ (?, ?, ?, ?)
