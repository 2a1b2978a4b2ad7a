-- What one day brought to an account up to and with one transaction, in reading order.
select coalesce(sum(amount), 0) from transaction_lines
where books_id = ? and account_id = ? and posting_date = ? and transaction_id <= ? and posted_at is not null
