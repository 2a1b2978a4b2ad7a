update transaction_lines set posted_at = ? where books_id = ? and transaction_id = ? and posted_at is null
