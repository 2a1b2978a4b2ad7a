update transactions set type = ?, reference_number = ?, description = ?, transaction_date = ?, posting_date = ?,
    currency_code = ?, total_debits = ?, total_credits = ?, entry_count = ?, account_id = ?, payment_method = ?,
    metadata = ?, version = version + 1, updated_at = ?
where books_id = ? and id = ? and status = 'pending'
