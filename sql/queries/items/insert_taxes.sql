insert into item_taxes (books_id, item_id, position, tax_id) values /*rows*/ (?, ?, ?, ?)
