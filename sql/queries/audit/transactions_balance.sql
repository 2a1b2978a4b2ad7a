-- Transactions whose lines do not add up to zero in base currency.
select l.books_id, l.transaction_id, cast(sum(l.base_amount) as signed) from transaction_lines l
group by l.books_id, l.transaction_id having sum(l.base_amount) <> 0 limit 100
