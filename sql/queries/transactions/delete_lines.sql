delete from transaction_lines where books_id = ? and transaction_id = ? and posted_at is null
