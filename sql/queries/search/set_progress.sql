update search_progress set books_id = ?, entity_id = ? where object = ?
