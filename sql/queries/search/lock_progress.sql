select books_id, entity_id from search_progress where object = ? for update
