-- Any line, pending ones too.
select 1 from transaction_lines where books_id = ? and account_id = ? limit 1
