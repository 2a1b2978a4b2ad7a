-- A membership of lists: which entities have this name with this value in their metadata.
select m.entity_id as id from metadata_values m where m.books_id = ? and m.object = ? and m.pair = ?
