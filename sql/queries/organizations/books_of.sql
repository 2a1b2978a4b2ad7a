select books_id from books where organization_id = ? and livemode = ?
