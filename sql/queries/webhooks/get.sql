select w.id, w.url, w.description, w.event_types, w.status, w.disabled_reason, w.disabled_at, w.sealed_secret,
    w.sealed_previous_secret, w.previous_secret_expires_at, w.created_at, w.updated_at
from webhooks w where w.books_id = ? and w.id = ? and w.status <> 'deleted'
