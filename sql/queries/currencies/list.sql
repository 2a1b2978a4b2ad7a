select c.code, c.name, c.symbol, c.decimal_places, c.symbol_first, c.is_active, c.created_at, c.updated_at
/*from*/ from currencies c /*index*/ where c.books_id = ?
