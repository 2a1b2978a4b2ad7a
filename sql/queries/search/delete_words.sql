delete from search_words where books_id = ? and object = ? and entity_id = ? and word in (/*list*/ ?)
