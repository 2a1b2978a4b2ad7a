insert into transactions (books_id, id, type, status, reference_number, description, transaction_date, posting_date,
    currency_code, total_debits, total_credits, entry_count, account_id, contact_id, category_id, document_id,
    document_type, payment_method, reverses_id, created_by, metadata, posted_at, created_at, updated_at)
values /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
