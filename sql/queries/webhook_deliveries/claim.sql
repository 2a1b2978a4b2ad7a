-- Whoever dies while sending leaves it due again.
update webhook_deliveries set attempts = attempts + 1, last_attempt_at = ?, due_at = ?, updated_at = ?
where books_id = ? and id = ?
