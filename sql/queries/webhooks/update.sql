update webhooks set url = ?, description = ?, event_types = ?, status = ?, disabled_reason = ?, disabled_at = ?,
    sealed_secret = ?, sealed_previous_secret = ?, previous_secret_expires_at = ?, updated_at = ?
where books_id = ? and id = ?
