update organizations set name = ?, domain = ?, tax_number = ?, address = ?, city = ?, state = ?, zip_code = ?,
    country = ?, timezone = ?, fiscal_year_start = ?, books_closed_through = ?, require_draft_approval = ?, metadata = ?,
    version = version + 1, updated_at = ? where id = ?
