insert into transaction_lines (books_id, transaction_id, position, account_id, posting_date, amount, currency_code,
    base_amount, exchange_rate, description, reference, posted_at)
values /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
