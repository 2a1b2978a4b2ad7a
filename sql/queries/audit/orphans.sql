-- Lines without a transaction and transactions without an event.
select l.books_id, l.transaction_id, 0 from transaction_lines l
left join transactions t on t.books_id = l.books_id and t.id = l.transaction_id where t.id is null
limit 100
