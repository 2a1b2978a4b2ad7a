update contacts set contact_type = ?, name = ?, email = ?, phone = ?, website = ?, tax_number = ?, reference = ?,
    address = ?, city = ?, state = ?, zip_code = ?, country = ?, currency_code = ?, enabled = ?, metadata = ?,
    version = version + 1, updated_at = ?
where books_id = ? and id = ?
