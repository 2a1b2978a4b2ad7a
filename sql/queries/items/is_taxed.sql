-- The same, asked of one item.
select x.item_id as id from item_taxes x force index (item_taxes_once)
where x.books_id = ? and x.tax_id in (/*list*/ ?)
