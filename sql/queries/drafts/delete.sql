delete from drafts where books_id = ? and id = ?
