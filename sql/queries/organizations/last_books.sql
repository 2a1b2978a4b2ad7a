select coalesce(max(books_id), 0) from books
