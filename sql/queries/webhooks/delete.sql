-- Its deliveries need the row until they are dropped; its secrets are gone at once.
update webhooks set status = 'deleted', disabled_at = null, sealed_secret = '', sealed_previous_secret = '',
    previous_secret_expires_at = null, updated_at = ?
where books_id = ? and id = ?
