-- A membership of lists: which entities have a word that begins so.
select distinct w.entity_id as id from search_words w where w.books_id = ? and w.object = ? and w.word like ?
