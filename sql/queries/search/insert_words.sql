insert into search_words (books_id, object, word, entity_id) values /*rows*/ (?, ?, ?, ?)
