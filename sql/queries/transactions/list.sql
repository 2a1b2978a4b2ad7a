-- Headers; the lines come by transactions/lines.
select t.id, t.type, t.status, t.reference_number, t.description, t.transaction_date, t.posting_date, t.currency_code,
    t.total_debits, t.total_credits, t.account_id, t.contact_id, t.category_id, t.document_id, t.document_type,
    t.payment_method, t.reconciled, t.reverses_id, t.reversed_by_id, t.created_by, t.metadata, t.version, t.posted_at,
    t.created_at, t.updated_at
/*from*/ from transactions t /*index*/ where t.books_id = ?
