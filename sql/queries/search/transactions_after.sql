-- What was there before the words: set of books by set of books, then what `q` searches of each.
select t.books_id, t.id, t.metadata, t.description, t.reference_number from transactions t
where t.books_id = ? and t.id > ? or t.books_id > ? order by t.books_id, t.id limit 1000
