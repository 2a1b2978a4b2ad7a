-- The same, asked of one entity.
select x.entity_id as id from search_texts x where x.books_id = ? and x.object = ? and x.words like ?
