update organizations set suspended_at = ?, suspension_reason = ?, updated_at = ? where id = ?
