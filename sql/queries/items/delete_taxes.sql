delete from item_taxes where books_id = ? and item_id = ?
