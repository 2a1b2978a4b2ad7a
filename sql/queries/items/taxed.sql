-- A membership of lists: which items have one of these taxes.
select distinct x.item_id as id from item_taxes x where x.books_id = ? and x.tax_id in (/*list*/ ?)
