update organizations set parent_id = ?, updated_at = ? where id = ?
