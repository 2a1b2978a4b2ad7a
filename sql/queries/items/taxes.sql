-- The taxes of some items, in the order in which they were given.
select t.item_id, t.tax_id from item_taxes t where t.books_id = ? and t.item_id in (/*list*/ ?)
order by t.item_id, t.position
