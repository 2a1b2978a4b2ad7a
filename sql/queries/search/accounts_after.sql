-- What was there before the words: set of books by set of books, then what `q` searches of each.
select a.books_id, a.id, a.metadata, a.name, a.code, a.description from accounts a
where a.books_id = ? and a.id > ? or a.books_id > ? order by a.books_id, a.id limit 1000
